"""git attributes of paths, from the index, the work tree or a tree."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from git_pbm.core.names import GITATTRIBUTES_PATH, MODELS_PATH
from git_pbm.core.registry.snapshot import ATTRIBUTES
from git_pbm.gitio.repository import Repository


def read_attribute_files(
    repository: Repository, revision: str, paths: Collection[str], environment: Mapping[str, str]
) -> None:
    """Make an index of nothing but the attribute files that concern some paths.

    Not ``git read-tree``: git before 2.39 fetches every blob for it in a partial clone, and it refuses a tree with a
    path that no index takes (``models/..``), which is a finding of its own.
    """
    folders = {parent for path in paths for parent in PurePosixPath(path).parents}
    wanted = {os.fsencode(str(folder / GITATTRIBUTES_PATH)) for folder in folders}
    listing = repository.run("ls-tree", "-r", "-z", "--full-tree", revision, "--", GITATTRIBUTES_PATH, MODELS_PATH)
    rows = [row for row in listing.split(b"\0") if row.partition(b"\t")[2] in wanted]
    # the index is gone again before the command ends: nothing of it has to outlive a power cut
    argv = ("-c", "core.fsync=none", "update-index", "-z", "--index-info")
    repository.run(*argv, stdin=b"\0".join([*rows, b""]), environment=environment)


def check_attributes(
    repository: Repository,
    paths: Collection[str],
    environment: Mapping[str, str] | None = None,
    *,
    cached: bool = True,
) -> Mapping[str, Mapping[str, str]]:
    """Specified attributes by path, from the index (``cached``) or from the work tree's files, in one process."""
    if not paths:
        return {}
    argv = ["check-attr", "-z", "--stdin", *(["--cached"] if cached else []), *ATTRIBUTES]
    stdin = b"\0".join(map(os.fsencode, paths)) + b"\0"
    answer = os.fsdecode(repository.run(*argv, stdin=stdin, environment=environment)).split("\0")
    found: dict[str, dict[str, str]] = {path: {} for path in paths}
    for path, name, value in zip(answer[0::3], answer[1::3], answer[2::3], strict=False):
        if value != "unspecified":
            found[path][name] = value
    return found
