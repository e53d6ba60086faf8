"""notify: owns prompts and SMS. Hears approvals and answers of subsidy, codes and security notices of
identity. Never decides."""
