"""Sessions: signing in by one step or two, renewing, signing out; what ends sign-ins."""
