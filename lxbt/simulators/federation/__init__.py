"""The played database of the Federation: a program of its own, with its own data, that speaks the Disability Registry's
interface.
"""
