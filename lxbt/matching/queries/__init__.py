"""Reads of lists, suspicions, rules and their settings, signals, runs."""
