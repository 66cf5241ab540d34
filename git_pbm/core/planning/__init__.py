"""Plans, one subject each: from a registry and a wish to edits; nothing is read or written."""
