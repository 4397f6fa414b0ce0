"""The pages of the console, one file a page: its routes and what it shows."""
