"""A played province: a program of its own, with its own data, codes and habits, that pushes to the provincial
interface.
"""
