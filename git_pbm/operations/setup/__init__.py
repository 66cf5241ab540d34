"""Commands that set a repository up, and what a clone still lacks."""
