"""The paired devices: their certificates, their states and receipts, and what is wrong with which."""
