"""Time: the clock and how far it is proven, dates and lunar dates, and threads that show that they still run."""
