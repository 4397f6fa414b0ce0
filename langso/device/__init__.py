"""A machine of ours: its pairing, its certificates, where its office is, its health, its life under systemd."""
