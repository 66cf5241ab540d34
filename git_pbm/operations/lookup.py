"""Finding the registry and the model that a person means."""

from __future__ import annotations

import os
import shlex

from git_pbm.core.names import CURRENT_PATH, REGISTRY_PATH, is_id
from git_pbm.core.registry import revisions
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, GitError, RefusedError, UnverifiedError, UsageError
from git_pbm.gitio.partial_clone import fetch_documents
from git_pbm.gitio.repository import Repository
from git_pbm.operations.removed import explained
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.promotions import is_shallow, promotions
from git_pbm.snapshots.tree import commit_tree
from git_pbm.snapshots.worktree import WorktreeSnapshot

REGISTRY_VARIABLE, REGISTRY_KEY = "PBM_REGISTRY", "pbm.registry"


def find_repository() -> Repository:
    """The models repository: ``PBM_REGISTRY``, else ``git config pbm.registry`` of this project, else this one.

    Both name a folder; the variable's is relative to where the person stands, the configured one to the
    top of the project that configures it.
    """
    named = os.environ.get(REGISTRY_VARIABLE)
    if named:
        return _there(named, REGISTRY_VARIABLE)
    here = Repository.discover()
    configured = here.config_path(REGISTRY_KEY)
    return _there(configured, f"git config {REGISTRY_KEY}") if configured else here


def _there(folder: str, source: str) -> Repository:
    if not os.path.isdir(folder):
        raise GitError(f"{folder}: no such folder ({source})", f"correct {source}", error_id=ErrorId.NO_REGISTRY)
    return Repository.discover(folder, foreign=True)


def read_registry(repository: Repository, *, revision: str | None = None) -> Registry:
    """The registry as it is in the work tree (HEAD in a bare repository), or at a revision, judged by nobody.

    Raises :class:`RefusedError` where there is none.
    """
    fetch_documents(repository)
    blobs = FactsLoader(repository, validate=False, eager=False)
    if revision is None and repository.root is None:
        revision = "HEAD"
    if revision is not None:
        commit = repository.commit_id(revision)
        if commit is None:
            raise RefusedError(f"{revision} is not a commit here", "make one first", error_id=ErrorId.UNKNOWN_REVISION)
        registry = Registry(commit_tree(repository, commit, blobs, revision))
    else:
        registry = Registry(WorktreeSnapshot(repository, blobs))
    if not registry.exists or _is_somebody_s_own(registry):
        raise no_registry(repository, repository.folder)
    return registry


def no_registry(repository: Repository, place: str) -> RefusedError:
    """Return the refusal where there is no registry; where HEAD has one, it says to check that out, not ``init``."""
    if repository.try_run("ls-tree", "HEAD", "--", REGISTRY_PATH):
        bare = repository.root is None
        return RefusedError(
            f"{place} holds no models registry, but HEAD does{'' if bare else ': it is not checked out'}",
            "look at it: git pbm check --rev HEAD" + ("" if bare else "; check it out: git checkout HEAD -- ."),
            error_id=ErrorId.NO_REGISTRY,
        )
    source, elsewhere = REGISTRY_VARIABLE, os.environ.get(REGISTRY_VARIABLE)
    if not elsewhere:
        source, elsewhere = f"git config {REGISTRY_KEY}", repository.config_path(REGISTRY_KEY)
    if elsewhere and not repository.foreign:
        go = f"this command works in the registry itself: cd {shlex.quote(elsewhere)}"
        return RefusedError(
            f"{place} is not a models registry; {source} names one, for reading and deploying",
            go,
            error_id=ErrorId.NO_REGISTRY,
        )
    below = _registry_below(repository)
    if below is not None:
        folder = shlex.quote(os.path.join(repository.folder, os.path.dirname(below)))
        return RefusedError(
            f"{place} is not a models registry; {below} is, and a registry lies at the top of a repository of its own",
            f"make it one: git init {folder} && cd {folder} && git add -A && git commit -m 'the registry'",
            error_id=ErrorId.NO_REGISTRY,
        )
    return RefusedError(
        f"{place} is not a models registry",
        f"make it one: git pbm init; or name yours: git config {REGISTRY_KEY} DIR, or {REGISTRY_VARIABLE}=DIR",
        error_id=ErrorId.NO_REGISTRY,
    )


def _registry_below(repository: Repository) -> str | None:
    """A ``registry.json`` that is not at the top of the repository; None where there is none."""
    found = repository.try_run("ls-files", "-z", "--", f":(top,glob)**/*/{REGISTRY_PATH}") or b""
    return os.fsdecode(found.split(b"\0")[0]) or None


def _is_somebody_s_own(registry: Registry) -> bool:
    """Whether all that looks like a registry is a ``models/`` folder without anything of ours in it."""
    entries = registry.snapshot.entries
    return REGISTRY_PATH not in entries and CURRENT_PATH not in entries and not any(map(is_id, registry.models))


def way_to_files(repository: Repository, path: str) -> str:
    """What to type so that files which HEAD has, and this work tree has not, come to lie there."""
    if repository.root is None:
        return "this repository is bare: clone it, and work there"
    if repository.config_flag("core.sparseCheckout", False):
        return f"check them out: git sparse-checkout add {path}"
    return f"check them out: git checkout HEAD -- {path}"


def resolve(repository: Repository, registry: Registry, text: str) -> str:
    """The id of the model that a MODEL expression names. Raises ``UsageError`` and ``UnverifiedError``."""

    def was_current(changes_ago: int) -> str | None:
        ids = [p.model_id for p in reversed(promotions(repository)) if p.model_id in registry.models]
        if changes_ago < len(ids):
            return ids[changes_ago]
        if is_shallow(repository):
            raise UnverifiedError(
                f"{text}: this clone's history ends before that change",
                "git fetch --unshallow gets the rest",
                error_id=ErrorId.HISTORY_INCOMPLETE,
            )
        return None

    expression = revisions.parse(text)
    try:
        return revisions.resolve(expression, registry, was_current)
    except UsageError as error:
        raise explained(repository, expression.base, error) from None
