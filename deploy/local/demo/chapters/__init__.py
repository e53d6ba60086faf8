"""The chapters of the demo: a module each, with `play(house)`. The docstring says what it shows."""
