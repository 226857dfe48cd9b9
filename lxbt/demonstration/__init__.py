"""The demonstration: an invented population and eight months of its payments, the same for the same seed and day."""
