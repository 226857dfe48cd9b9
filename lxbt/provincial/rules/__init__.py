"""What is agreed with a province's program, as plain functions: signatures, handles, manifests. Pure."""
