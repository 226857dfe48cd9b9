"""The work bench, and whether the system answers."""
