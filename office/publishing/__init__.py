"""What devices are told: signed documents, orders, the catalogue, and their way to the broker."""
