"""`langso doctor`: what is wrong with this machine, why, and what to do. One subject a file; see `examining`."""
