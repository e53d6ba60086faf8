"""What approval keeps: batches, their lines, the refunds made of them, and who decided what."""
