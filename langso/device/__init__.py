"""What every machine of ours has: pairing, certificates, the way to its office, health, its life under systemd."""
