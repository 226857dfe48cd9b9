"""Played bodies that give lists: deaths, 低保 and the like.

A program of its own that tells records, and answers questions.
"""
