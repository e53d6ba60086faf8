"""Messages of the identity service, one module per room."""
