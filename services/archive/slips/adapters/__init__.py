"""How a slip becomes paper: typefaces → typesetting → the drawn form → PDF/A."""
