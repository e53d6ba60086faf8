"""Screening: a stored verdict for every unit, from a frozen snapshot and one policy version."""
