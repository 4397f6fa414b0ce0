"""`sudo langso setup`: the technician's guide from an installed package to a machine that serves."""
