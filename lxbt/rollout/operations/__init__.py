"""Writes: the plan, progress, words of the coordinators, bulletins."""
