"""Findings over columns."""
