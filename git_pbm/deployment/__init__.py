"""Copies of a model in an engine's folder."""
