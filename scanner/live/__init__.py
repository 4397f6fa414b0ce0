"""A camera looked at live: pages and codes found while it runs."""
