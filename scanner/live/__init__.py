"""A camera looked at live: one loop, what is made of its frames, the page taken, the table measured under it."""
