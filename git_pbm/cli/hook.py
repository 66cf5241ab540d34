"""The console script ``git-pbm-hook``: runs the module of a hook id in ``git_pbm.hooks``."""

from __future__ import annotations

import importlib.util
import re
import sys

from git_pbm.cli.error_boundary import guarded
from git_pbm.errors import UsageError

_ID = re.compile(r"pbm(-[a-z]+)+")


def main(argv: list[str] | None = None) -> int:
    """Run ``git-pbm-hook <hook id> [ARGS]``; return the exit status."""
    args = sys.argv[1:] if argv is None else argv
    return guarded(lambda: _dispatch(args))


def _dispatch(args: list[str]) -> int:
    name = args[0].replace("-", "_") if args and _ID.fullmatch(args[0]) else None
    if name is None or importlib.util.find_spec(f"git_pbm.hooks.{name}") is None:
        raise UsageError(f"{' '.join(args[:1]) or 'no hook'}: not a hook of git pbm", f"one of {', '.join(hook_ids())}")
    module = importlib.import_module(f"git_pbm.hooks.{name}")
    status: int = module.main(args[1:])
    return status


def hook_ids() -> tuple[str, ...]:
    """Return the ids of the installed hooks."""
    from importlib import resources  # costs a fifth of a hook

    names = (entry.name for entry in resources.files("git_pbm.hooks").iterdir())
    return tuple(
        sorted(name[:-3].replace("_", "-") for name in names if name.startswith("pbm_") and name.endswith(".py"))
    )
