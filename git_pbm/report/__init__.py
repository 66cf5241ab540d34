"""Everything that a person or a machine sees: text, JSON, annotations; the only room that prints."""
