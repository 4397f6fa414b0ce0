"""The village's own: a recorder at a loudspeaker's pipe, and the ear that finds a medium in its files."""
