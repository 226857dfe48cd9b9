"""Pages of the provincial interface: whose programs may push, their keys, batches and row results."""
