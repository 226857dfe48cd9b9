"""Rules of what comes in files: which columns there are, how a cell is read, what may be wrong with it. Pure."""
