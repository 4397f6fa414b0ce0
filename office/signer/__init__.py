"""The signer: the one process that holds the signing keys, behind a Unix socket, with rules of its own."""
