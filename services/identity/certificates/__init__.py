"""Certificates on UKs: challenges, authorities, what they have revoked, which employer came with which."""
