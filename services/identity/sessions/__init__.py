"""Sessions: signing in, renewing, signing out."""
