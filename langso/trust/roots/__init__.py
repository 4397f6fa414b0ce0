"""The commune's root keys: one a stick under a passphrase, proposals that carry what is to be signed, in words."""
