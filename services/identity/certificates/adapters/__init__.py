"""The outside of this room: DER, X.509, CMS, lists, OCSP, HTTP. What comes in is hostile until verified."""
