"""Months over columns."""
