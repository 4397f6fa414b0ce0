"""What a role puts on a machine beside its programs: hardened units, accounts, drop-ins, firewall."""
