"""Clerks: accounts, posts, regions."""
