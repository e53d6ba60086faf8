"""A sample province: believable insured units of Henan, and hand-made ones that show each rule."""
