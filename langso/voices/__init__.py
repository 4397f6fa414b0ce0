"""Text to spoken sound."""
