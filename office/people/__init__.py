"""Who works here: accounts, passwords, guesses held off."""
