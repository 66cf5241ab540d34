"""Rules: what each one is, the table of all, the engine that runs them; the rules themselves by subject."""
