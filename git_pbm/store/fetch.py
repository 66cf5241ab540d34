"""Getting what a partial clone left out: everything that is needed in one request, nothing one by one."""

from __future__ import annotations

from collections.abc import Collection

from git_pbm.errors import RefusedError
from git_pbm.store.git import GitFailure, Repository


def fetch_objects(repository: Repository, object_ids: Collection[str]) -> None:
    """Fetch objects from the remote that promised them. Raises :class:`RefusedError` with git's words.

    Without ``fetch.negotiationAlgorithm=noop`` git says that it has everything and fetches nothing.
    """
    remotes = [
        key.split(".")[1] for key in repository.settings if key.startswith("remote.") and key.endswith(".promisor")
    ]
    if not remotes:
        raise RefusedError("no remote promised these objects, so they cannot be fetched", "look: git fsck")
    argv = ("-c", "fetch.negotiationAlgorithm=noop", "fetch", remotes[0], "--no-tags", "--no-write-fetch-head")
    stdin = "".join(f"{object_id}\n" for object_id in object_ids).encode()
    try:
        repository.ask(*argv, "--recurse-submodules=no", "--filter=blob:none", "--stdin", stdin=stdin)
    except GitFailure as failure:
        words = failure.stderr.strip().splitlines()
        raise RefusedError(
            f"git fetch {remotes[0]}: {words[-1] if words else 'failed'}", "is the remote there?"
        ) from failure
