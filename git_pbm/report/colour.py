"""What git's settings say about colour."""

from __future__ import annotations

import subprocess
from functools import lru_cache


@lru_cache
def git_wants_colour() -> bool:
    """What ``color.pbm``, else ``color.ui`` says about a terminal; asked once, and only where there is one."""
    argv = ["git", "config", "--get-colorbool", "color.pbm", "true"]
    try:
        return subprocess.run(argv, capture_output=True, check=False).stdout.strip() != b"false"
    except OSError:
        return True
