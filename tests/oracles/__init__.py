"""Slow, independent ways to get the same answers; they share no code with what they check.

`visibility` takes lengths and directions from the package, but nothing of its search.
"""
