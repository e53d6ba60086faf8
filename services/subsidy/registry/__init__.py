"""Registry: the clerks' files become insured units, monthly contributions and lists."""
