"""Who asked: what people order, their passkeys and codes, and the signer's book of what was asked for and signed."""
