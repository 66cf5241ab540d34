"""Plans, one subject each: from a registry and a request to edits; nothing is read or written."""
