"""The roof over all roles: the `langso` command, packages, set-up, pairing, doctor, and the village in a box."""
