"""The roof: the langso command, install, doctor, pair, and the village in a box."""
