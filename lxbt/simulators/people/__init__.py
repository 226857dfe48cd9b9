"""Invented names and numbers."""
