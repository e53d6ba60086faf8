"""The demo: a house is started and the people of the manual use it, by HTTP, step by step."""
