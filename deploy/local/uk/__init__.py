"""Keys, certificates and signatures as a UK (USB key) holds and makes them, in software: for development and
tests, never for production."""
