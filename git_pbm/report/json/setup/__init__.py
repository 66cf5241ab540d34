"""Results of commands that set a repository up."""
