"""Writes of the provincial interface: clients and keys, what is received, batches, codes."""
