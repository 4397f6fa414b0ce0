"""Time: the wall clock and how far it is proven, dates in Vietnamese, threads that show they turn."""
