"""Quality of an import of employers: what to put right before money is sent."""
