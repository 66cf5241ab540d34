"""Results of commands about evaluations."""
