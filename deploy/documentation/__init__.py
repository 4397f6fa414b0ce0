"""The drawn parts of docs/: the house from its imports, commands from their help; commit messages checked."""
