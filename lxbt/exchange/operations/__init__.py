"""Writes of the exchange: partners, messages in, messages out, the registry kept current."""
