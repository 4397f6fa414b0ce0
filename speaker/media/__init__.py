"""The sounds a loudspeaker keeps."""
