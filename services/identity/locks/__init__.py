"""Locks: count failed attempts per account, known or not, and per address, and lock it for a while."""
