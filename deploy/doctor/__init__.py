"""`langso doctor`: what is wrong with this machine, why, and what to do. `examining` runs all; one subject a file."""
