"""Plans that set up a models repository."""
