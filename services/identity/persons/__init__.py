"""Persons on the personal portal: their accounts."""
