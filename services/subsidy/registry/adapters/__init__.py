"""The clerks' files and the parts made of them."""
