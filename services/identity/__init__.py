"""identity: owns credit-code maintenance, accounts, verification codes, clerks, sessions. Hears nothing.
Publishes codes to be sent. Never decides about a refund."""
