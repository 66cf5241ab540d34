"""Plans that make a folder a models repository."""
