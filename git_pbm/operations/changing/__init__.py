"""Commands that change a registry or an engine's folder."""
