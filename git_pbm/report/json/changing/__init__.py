"""Results of commands that change something."""
