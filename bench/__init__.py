"""Figures against the database's own limit, measured in the same run: `python -m bench`, ROWS and ONLY from the
environment.
"""
