"""Results of what judges."""
