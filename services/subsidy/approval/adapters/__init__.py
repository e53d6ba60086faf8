"""Files of units as clerks keep them."""
