"""Pages of batch import: the list, a new file, what it would do and did, what counties declared."""
