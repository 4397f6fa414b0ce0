"""Who works here: accounts, roles, passwords, limits on guessing, and the log of what they did."""
