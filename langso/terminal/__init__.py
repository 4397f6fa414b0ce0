"""What a command says, asks and logs in a terminal."""
