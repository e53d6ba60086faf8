"""identity: owns persons, credit-code maintenance, employers' accounts, certificates, verification codes,
clerks, sessions, the audit trail. Hears nothing. Publishes codes and security notices to be sent. Never
decides about a refund."""
