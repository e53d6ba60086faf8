"""Kept facts as columns, and the effect of a policy on them."""
