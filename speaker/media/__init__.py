"""The sound files that a loudspeaker keeps, fetched ahead and named by their hash."""
