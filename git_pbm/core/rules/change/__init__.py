"""Rules about a step of history, by subject."""
