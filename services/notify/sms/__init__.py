"""SMS: every message from created to sent or failed."""
