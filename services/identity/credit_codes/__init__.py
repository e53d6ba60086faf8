"""Credit-code maintenance: ties a credit code and a handler's phone to an insured unit."""
