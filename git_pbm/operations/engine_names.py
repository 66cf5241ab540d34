"""What an engine expects of its folder: the names that it loads, and a receipt that its own git does not report."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress

from git_pbm.core.names import RECEIPT_NAME, network_kind
from git_pbm.errors import GitError
from git_pbm.fs.small_files import read_small
from git_pbm.gitio.repository import GitFailure, Repository

NAMES_KEY = "pbm.engineNames"
_EXCLUDE_LIMIT = 1 << 20


def engine_names(repository: Repository) -> tuple[str, ...]:
    """The file names that the engine loads, as ``pbm.engineNames`` has them; nothing where nobody said."""
    values = repository.settings.get(NAMES_KEY.lower(), [])
    return tuple(name for value in values for name in (value or "").replace(",", " ").split())


def networks_in(folder: str) -> frozenset[str]:
    """The names of the networks in a folder."""
    return frozenset(name for name in os.listdir(folder) if network_kind(name) is not None)


def name_warnings(
    repository: Repository, folder: str, before: Collection[str], after: Collection[str]
) -> tuple[str, ...]:
    """What an engine may miss after a deployment: a name that it loads, or else one that was there ``before``."""
    expected = engine_names(repository)
    lacking = sorted(name for name in (expected or before) if name not in after)
    if not lacking:
        return ()
    names = ", ".join(sorted(after))
    if expected:
        return (f"the engine loads {', '.join(lacking)} (git config {NAMES_KEY}), and this model has {names}",)
    return (
        f"{folder} had {', '.join(lacking)}, and has {names} now: an engine that loads the old name finds nothing; "
        f"say what it loads: git config {NAMES_KEY} '{' '.join(sorted(after))}'",
    )


def exclude_receipt(folder: str, networks: Collection[str]) -> tuple[str, ...]:
    """Keep the receipt out of the engine's own git where the networks are kept out of it, in that clone alone.

    Returns what was done, in one line, or nothing.
    """
    try:
        engine = Repository.discover(folder, foreign=True)
    except GitError:
        return ()
    paths = [os.path.join(folder, name) for name in (*networks, RECEIPT_NAME)]
    stdin = b"".join(os.fsencode(path) + b"\0" for path in paths)
    ignored: list[str] = []
    with suppress(GitFailure):  # it ends with 1 where it ignores none
        ignored = os.fsdecode(engine.run("check-ignore", "-z", "--stdin", stdin=stdin)).split("\0")
    receipt = paths[-1]
    if not set(paths[:-1]) <= set(ignored) or receipt in ignored:
        return ()
    if engine.try_run("ls-files", "--error-unmatch", "--", receipt) is not None:
        return ()
    path = engine.run_text("rev-parse", "--git-path", "info/exclude")
    exclude = os.path.join(engine.folder, path)
    text = (read_small(exclude, _EXCLUDE_LIMIT) or b"").decode("utf-8", "surrogateescape")
    try:
        os.makedirs(os.path.dirname(exclude), exist_ok=True)
        with open(exclude, "a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"{'' if text.endswith(chr(10)) or not text else chr(10)}{RECEIPT_NAME}\n")
    except OSError as error:
        return (f"{receipt} is an untracked file there: {exclude}: {error.strerror}",)
    return (f"git of {engine.folder} ignores {RECEIPT_NAME} from now on: {exclude}",)
