"""Changing a registry: all of it or nothing, whatever fails."""
