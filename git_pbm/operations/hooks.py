"""The hooks that a clone has: pre-commit's and Git LFS's, and the order in which they must be installed."""

from __future__ import annotations

import os
import shutil
import subprocess

from git_pbm.core.planning.templates import HOOK_TYPES
from git_pbm.store.git import Repository
from git_pbm.store.small import read_small

_HOOK_LIMIT = 1 << 20

LFS_FIRST = (
    "let Git LFS push its objects: pre-commit uninstall -t pre-push; git lfs install --local; "
    "pre-commit install -t pre-push"
)


def install_hooks(repository: Repository) -> str | None:
    """Run ``pre-commit install``, the one program besides git that init starts; returns what is left to do then."""
    program = shutil.which("pre-commit")
    if program is None:
        return "install the hooks: pip install pre-commit, then: pre-commit install"
    types = [word for kind in HOOK_TYPES for word in ("--hook-type", kind)]
    failure = _run(repository, program, "install", *types)
    return f"install the hooks ({failure}): pre-commit install" if failure else None


def install_lfs(repository: Repository) -> str | None:
    """``git lfs install --local``, before pre-commit's pre-push where that came first; returns what is left to do.

    git-lfs refuses to write a hook where another one is; the objects would then never be pushed.
    """
    program = shutil.which("pre-commit")
    if "pre-commit" in hook_text(repository, "pre-push") and not _pushes_lfs(repository):
        if program is None:
            return LFS_FIRST
        _run(repository, program, "uninstall", "--hook-type", "pre-push")
    failure = _run(repository, "git", "lfs", "install", "--local")
    return f"set Git LFS up in this clone ({failure}): git lfs install --local" if failure else None


def missing_hooks(repository: Repository) -> tuple[str, ...]:
    """The hook types that pre-commit is not installed for."""
    return tuple(kind for kind in HOOK_TYPES if "pre-commit" not in hook_text(repository, kind))


def lfs_never_pushes(repository: Repository) -> bool:
    """Whether hooks are installed, and none of them is Git LFS's own: its objects never reach the server."""
    return not _pushes_lfs(repository)


def _pushes_lfs(repository: Repository) -> bool:
    text = hook_text(repository, "pre-push") + hook_text(repository, "pre-push.legacy")
    return "git lfs pre-push" in text or "git-lfs" in text


def hook_text(repository: Repository, name: str) -> str:
    """The text of an installed hook; empty where there is none."""
    folder = os.path.normpath(os.path.join(repository.folder, repository.ask_text("rev-parse", "--git-path", "hooks")))
    # the user's own hooks: they may be links
    return (read_small(os.path.realpath(os.path.join(folder, name)), _HOOK_LIMIT) or b"").decode("utf-8", "replace")


def _run(repository: Repository, *argv: str) -> str:
    """Run a program at the top of the work tree; returns the first line of what went wrong, or nothing."""
    done = subprocess.run(
        argv,
        cwd=repository.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    words = (done.stderr + done.stdout).strip().splitlines()
    return "" if done.returncode == 0 else words[0] if words else "it failed"
