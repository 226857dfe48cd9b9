"""Reads of the plan, of progress and of bulletins."""
