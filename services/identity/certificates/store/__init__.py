"""What this room keeps: challenges, authorities, their word on revocation, which employer came with which."""
