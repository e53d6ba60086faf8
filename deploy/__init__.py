"""How Wengang is run: on one machine (local), in images, in a cluster."""
