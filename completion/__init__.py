"""Completion files, one a shell: installed where the shells look, and printed by ``git pbm completion``."""
