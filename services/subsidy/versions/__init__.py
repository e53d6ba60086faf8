"""Versions of the registry: what an import changed."""
