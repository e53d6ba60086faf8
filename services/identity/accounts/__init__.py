"""Accounts of employers and their administrators."""
