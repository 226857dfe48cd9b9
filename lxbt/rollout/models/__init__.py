"""Tables of going live."""
