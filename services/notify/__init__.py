"""notify: owns prompts and SMS. Hears approvals and answers of subsidy, codes of identity. Never decides."""
