"""The hooks for pre-commit: one module for each hook id."""
