"""The hooks for pre-commit: one small module a hook id."""
