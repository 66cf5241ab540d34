"""The console script ``git-pbm-hook``: finds the module of a hook id in the installed ``git_pbm.hooks``."""

from __future__ import annotations

import importlib
import sys
from importlib import resources
from typing import cast

from git_pbm.cli.boundary import guarded
from git_pbm.errors import UsageError


def main(argv: list[str] | None = None) -> int:
    """``git-pbm-hook <hook id> [ARGS]``; returns the exit status."""
    words = sys.argv[1:] if argv is None else argv
    return guarded(lambda: _dispatch(words))


def _dispatch(words: list[str]) -> int:
    known = hook_ids()
    if not words or words[0] not in known:
        raise UsageError(f"{' '.join(words[:1]) or 'no hook'}: not a hook of git pbm", f"one of {', '.join(known)}")
    module = importlib.import_module(f"git_pbm.hooks.{words[0].replace('-', '_')}")
    return cast(int, module.main(words[1:]))


def hook_ids() -> tuple[str, ...]:
    """Every hook id that is installed."""
    names = (entry.name for entry in resources.files("git_pbm.hooks").iterdir())
    return tuple(
        sorted(name[:-3].replace("_", "-") for name in names if name.startswith("pbm_") and name.endswith(".py"))
    )
