"""Approval (核定): batches with control totals; maker and checker are two people."""
