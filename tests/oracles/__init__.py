"""Slow, independent ways to get the same answers; they share no code with what they check."""
