"""Certificates: challenges, authorities, what they have revoked, the credit code. Pure."""

from services.identity.certificates.domain.proofs import Certified as Certified
