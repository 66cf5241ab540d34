"""Merges by meaning, of one file each; git's own merge does the rest."""
