"""Practice mode: the same program over tables of its own. See README.md."""
