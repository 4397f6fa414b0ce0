"""What the code says of itself, for docs/: the house drawn from its imports, commands from their help."""
