"""The programmes that come with the product."""
