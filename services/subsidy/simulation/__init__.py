"""Simulation (测算): what other rules would change, computed from the kept facts of a finished run."""
