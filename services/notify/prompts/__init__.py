"""Prompts: reminders that wait until their business is done."""
