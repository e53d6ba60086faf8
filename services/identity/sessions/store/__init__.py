"""Sign-ins, those whose second step is awaited, and known browsers in the database."""
