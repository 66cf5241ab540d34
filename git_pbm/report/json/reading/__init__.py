"""Results of commands that only look."""
