"""The whole house on one machine: private servers on loopback, one supervisor."""
