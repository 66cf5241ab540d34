"""Files and nothing else: atomic writes, locks, small reads; git and models are unknown here."""
