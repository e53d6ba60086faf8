"""Locks: counts failed attempts per account, known or not, and locks it for a while."""
