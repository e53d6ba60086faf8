"""What the doors of this room have in common, within one unit of work."""
