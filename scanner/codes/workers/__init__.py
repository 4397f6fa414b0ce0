"""The processes that look: what may hang or crash does so outside of ours."""
