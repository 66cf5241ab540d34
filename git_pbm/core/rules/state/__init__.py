"""Rules about one state of a registry, by subject."""
