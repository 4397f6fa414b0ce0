"""A scripted day in the village, each step checked, with its evidence kept."""
