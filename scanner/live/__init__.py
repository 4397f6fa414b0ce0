"""A camera used live: one loop for its frames, what is seen in each, the captured page, the table's measure."""
