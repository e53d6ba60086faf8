"""Uploads: large files arrive in pieces and go on where they stopped."""
