"""The hooks that a clone has: pre-commit's and Git LFS's, and the order in which they must be installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from git_pbm.core.plans.setup.templates import HOOK_TYPES
from git_pbm.fs.small_files import read_small
from git_pbm.gitio.lfs import has_filter
from git_pbm.gitio.repository import Repository

_HOOK_LIMIT = 1 << 20
_HOOKS_PATH = "core.hooksPath"

LFS_FIRST = "pre-commit uninstall -t pre-push; git lfs install --local; pre-commit install -t pre-push"
_PRE_COMMITS = ("hook-impl", "pre-commit.com")
"""In every hook that pre-commit (or prek) generates, and in no hook by hand."""
_HOLDS = re.compile("|".join((*_PRE_COMMITS, "pre-commit run", "git-pbm")))


def install_hooks(repository: Repository) -> str | None:
    """Run ``pre-commit install``, the one program besides git that init starts; returns what went wrong."""
    program = shutil.which("pre-commit")
    if program is None or repository.config(_HOOKS_PATH):
        return None  # hooks_left tells
    types = [word for kind in HOOK_TYPES for word in ("--hook-type", kind)]
    return _run(repository, program, "install", *types) or None


def hooks_left(repository: Repository, why: str | None = None) -> str | None:
    """How to install the hooks that are missing, as a line; None where none is. ``why`` is what went wrong before."""
    missing = missing_hooks(repository)
    if not missing:
        return None
    folder = repository.config(_HOOKS_PATH)
    if folder:
        return (
            f"let hooks hold each commit to the rules ({_HOOKS_PATH} is set, so pre-commit installs none): "
            f"git config --unset-all {_HOOKS_PATH}; pre-commit install\n"
            f"or add to pre-commit and pre-merge-commit in {folder}: git-pbm-hook pbm-verify\n"
            f'and to commit-msg there: git-pbm-hook pbm-message "$1"'
        )
    first = "" if shutil.which("pre-commit") else "pip install pre-commit; "
    return f"install the hooks ({why or ', '.join(missing)}): {first}pre-commit install"


def install_lfs(repository: Repository) -> str | None:
    """``git lfs install --local``, before pre-commit's pre-push where that came first; returns what is left to do.

    git-lfs refuses to write a hook where another one is; the objects would then never be pushed. A hook that
    somebody wrote himself, and a folder of hooks that other repositories may share, stay as they are:
    :func:`lfs_left` tells what to add.
    """
    program = shutil.which("pre-commit")
    comes_first = _is_pre_commits(hook_text(repository, "pre-push")) and not _pushes_lfs(repository)
    argv = ["git", "lfs", "install", "--local"]
    if _own_push_hook(repository) or repository.config(_HOOKS_PATH) or (comes_first and program is None):
        failure = _run(repository, *argv, "--skip-repo")
    elif comes_first and program is not None:
        _run(repository, program, "uninstall", "--hook-type", "pre-push")
        failure = _run(repository, *argv)
        _run(repository, program, "install", "--hook-type", "pre-push")
    else:
        failure = _run(repository, *argv)
    return f"set Git LFS up in this clone ({failure}): git lfs install --local" if not has_filter(repository) else None


def missing_hooks(repository: Repository) -> tuple[str, ...]:
    """The hook types that nothing is installed for which runs ours; by hand a push need not have one."""
    by_hand = bool(repository.config(_HOOKS_PATH))
    kinds = [kind for kind in HOOK_TYPES if not (by_hand and kind == "pre-push")]
    return tuple(kind for kind in kinds if not _HOLDS.search(hook_text(repository, kind)))


def lfs_left(repository: Repository) -> str | None:
    """What keeps Git LFS from its work in this clone, as a line that says what to type; None where nothing does."""
    if not has_filter(repository):
        return "set Git LFS up in this clone: git lfs install --local"
    if _pushes_lfs(repository):
        return None
    own = _own_push_hook(repository)
    if own is not None:
        return f'let Git LFS push its objects: add to {own}: git lfs pre-push "$@"'
    is_there = _is_pre_commits(hook_text(repository, "pre-push"))
    return f"let Git LFS push its objects: {LFS_FIRST if is_there else 'git lfs install --local'}"


def _pushes_lfs(repository: Repository) -> bool:
    text = hook_text(repository, "pre-push") + hook_text(repository, "pre-push.legacy")
    return "git lfs pre-push" in text or "git-lfs" in text


def _own_push_hook(repository: Repository) -> str | None:
    """The pre-push hook that is neither pre-commit's nor Git LFS's, as a path; None where there is none."""
    for name in ("pre-push", "pre-push.legacy"):
        text = hook_text(repository, name)
        if text and not _is_pre_commits(text) and not _pushes_lfs(repository):
            return os.path.relpath(os.path.join(_folder(repository), name), repository.folder)
    return None


def _is_pre_commits(text: str) -> bool:
    return any(word in text for word in _PRE_COMMITS)


def _folder(repository: Repository) -> str:
    return os.path.normpath(os.path.join(repository.folder, repository.run_text("rev-parse", "--git-path", "hooks")))


def hook_text(repository: Repository, name: str) -> str:
    """The text of an installed hook; empty where there is none."""
    path = os.path.realpath(os.path.join(_folder(repository), name))  # the user's own hooks: they may be links
    return (read_small(path, _HOOK_LIMIT) or b"").decode("utf-8", "replace")


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
    lines = (done.stderr + done.stdout).strip().splitlines()
    return "" if done.returncode == 0 else lines[0] if lines else "it failed"
