"""A bank that answers our files, with plausible failures."""
