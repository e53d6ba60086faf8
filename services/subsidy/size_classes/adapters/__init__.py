"""The standard out of its file."""
