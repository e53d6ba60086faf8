"""Policy: the rules of a programme as versioned data."""
