"""Writes: lists, comparing, verifying."""
