"""Getting what a partial clone left out: everything that is needed in one request, nothing one by one."""

from __future__ import annotations

import os
from collections.abc import Collection

from git_pbm.core.names import GITATTRIBUTES_PATH, REGISTRY_PATHS, Role, role_of
from git_pbm.errors import ErrorId, RefusedError, UnverifiedError
from git_pbm.gitio.repository import GitFailure, Repository


def fetch_objects(repository: Repository, object_ids: Collection[str]) -> None:
    """Fetch objects from the remote that promised them. Raises :class:`RefusedError` with git's words.

    Without ``fetch.negotiationAlgorithm=noop`` git says that it has everything and fetches nothing.
    """
    remotes = _promisors(repository)
    if not remotes:
        raise RefusedError(
            "no remote promised these objects, so they cannot be fetched",
            "look: git fsck",
            error_id=ErrorId.REMOTE_FAILED,
        )
    stdin = "".join(f"{object_id}\n" for object_id in object_ids).encode()
    for remote in remotes:
        argv = ("-c", "fetch.negotiationAlgorithm=noop", "fetch", remote, "--no-tags", "--no-write-fetch-head")
        try:
            repository.run(*argv, "--recurse-submodules=no", "--filter=blob:none", "--stdin", stdin=stdin)
        except GitFailure as failure:
            lines = failure.stderr.strip().splitlines()
            refusal = RefusedError(
                f"git fetch {remote}: {lines[-1] if lines else 'failed'}",
                "is the remote there? git remote -v",
                error_id=ErrorId.REMOTE_FAILED,
            )
        else:
            return
    raise refusal


def _promisors(repository: Repository) -> list[str]:
    """The remotes that promised objects, by name; a name may hold dots and capitals."""
    listing = repository.try_run("config", "-z", "--name-only", "--get-regexp", r"^remote\..*\.promisor$") or b""
    keys = (os.fsdecode(key) for key in listing.split(b"\0") if key)
    return list(dict.fromkeys(key.removeprefix("remote.").removesuffix(".promisor") for key in keys))


def fetch_documents(repository: Repository, *commits: str, staged: bool = False) -> None:
    """Get small files (registry, metadata, link; no network) that a partial clone left out, in one request.

    Those of HEAD, or of some commits and, with ``staged``, of the index. As git itself does where it needs an
    object; ``GIT_NO_LAZY_FETCH`` forbids both. Raises ``RefusedError`` where the remote cannot be reached,
    :class:`UnverifiedError` where fetching is forbidden.
    """
    wanted: set[str] = set()
    for commit in commits or ("HEAD",):
        missing = missing_objects(repository, commit)
        if missing:
            argv = ("ls-tree", "-r", "-z", "--full-tree", commit, "--", *_DOCUMENTS)
            wanted |= _small_ones(repository.try_run(*argv) or b"", 2) & missing
    if staged:
        missing = missing_objects(repository, "--indexed-objects")
        if missing:
            wanted |= _small_ones(repository.run("ls-files", "--stage", "-z", "--", *_DOCUMENTS), 1) & missing
    fetch_unless_forbidden(repository, wanted)


_DOCUMENTS = (*REGISTRY_PATHS, GITATTRIBUTES_PATH)


def _small_ones(listing: bytes, column: int) -> set[str]:
    """The ids of what is not a network, from a listing of git that has them in a column."""
    rows = (os.fsdecode(row).partition("\t") for row in listing.split(b"\0") if row)
    return {meta.split(" ")[column] for meta, _, path in rows if role_of(path) is not Role.NETWORK}


def fetch_unless_forbidden(repository: Repository, object_ids: Collection[str]) -> None:
    """Fetch objects that a command cannot do without. Raises as :func:`fetch_documents` does."""
    if not object_ids:
        return
    if os.environ.get("GIT_NO_LAZY_FETCH", "").lower() not in ("", "0", "false", "no", "off"):
        raise UnverifiedError(
            f"this partial clone lacks {len(object_ids)} of the files that are needed, "
            "and GIT_NO_LAZY_FETCH forbids to fetch them",
            "allow it: unset GIT_NO_LAZY_FETCH",
            error_id=ErrorId.CONTENT_MISSING,
        )
    fetch_objects(repository, sorted(object_ids))


def missing_objects(repository: Repository, revision: str) -> frozenset[str]:
    """The objects of a commit's tree (``--indexed-objects``: of the index) that a partial clone lacks.

    None is fetched; empty in a full clone.
    ``cat-file`` would start one fetch for each (also when asked for its header only), and with
    ``GIT_NO_LAZY_FETCH`` it dies; ``rev-list`` lists them, from a tree but not from blob ids.
    """
    if not is_partial(repository):
        return frozenset()
    argv = ("rev-list", "--objects", "--no-walk", "--missing=print", revision)
    listing = repository.try_run(*argv, environment={"GIT_NO_LAZY_FETCH": "1"}) or b""
    return frozenset(line[1:].decode() for line in listing.split(b"\n") if line.startswith(b"?"))


def is_partial(repository: Repository) -> bool:
    """Whether some remote promised the objects that this clone left out."""
    return any(key.startswith("remote.") and key.endswith(".promisor") for key in repository.settings)
