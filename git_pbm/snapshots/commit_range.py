"""The commits of a range and what each changed in the registry, from two git processes; nothing is judged here."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from git_pbm.core.names import CURRENT_PATH, EVALUATIONS_PATH, REGISTRY_PATHS
from git_pbm.core.registry.ledger import is_of_ledger
from git_pbm.core.registry.snapshot import Entry, LinkEntry
from git_pbm.errors import ErrorId, UnverifiedError
from git_pbm.gitio.listing import RawRow, raw_row
from git_pbm.gitio.objects import link_text, read_blobs
from git_pbm.gitio.partial_clone import is_partial
from git_pbm.gitio.repository import GitFailure, Repository
from git_pbm.snapshots.promotions import is_shallow

DEEPEN = "git fetch --unshallow (in CI: fetch-depth: 0)"

EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""The tree without entries; git knows it in every repository (``git hash-object -t tree /dev/null``)."""

_FORMAT = "%m%H%x00%T%x00%P%x00%ct%x00%B%x00"

Difference = Mapping[str, Entry | None]
"""The registry's paths that differ from a parent, with their entry now; None for what is gone."""


@dataclass(frozen=True, slots=True)
class Step:
    """One commit: its parents, its message, and how it differs from each parent (a root: from the empty tree)."""

    commit: str
    parents: tuple[str, ...]
    seconds: int
    """When it was committed, since 1970."""
    message: str
    differences: tuple[Difference, ...]
    evaluations: tuple[tuple[RawRow, ...], ...]
    """How the evaluations differ from those of each parent."""

    @property
    def short(self) -> str:
        """The commit's abbreviated id."""
        return self.commit[:10]

    @property
    def own(self) -> Difference:
        """What differs from every parent, as ``git diff-tree -c`` sees a merge."""
        first, *others = self.differences
        return {path: entry for path, entry in first.items() if all(path in other for other in others)}


def missing_between(repository: Repository, old: str, new: str) -> frozenset[str]:
    """The objects of a range that a partial clone lacks, without fetching any; empty in a full clone."""
    if not is_partial(repository):
        return frozenset()
    argv = ("rev-list", "--objects", "--missing=print", f"{old}..{new}")
    listing = repository.try_run(*argv, environment={"GIT_NO_LAZY_FETCH": "1"}) or b""
    return frozenset(line[1:].decode() for line in listing.split(b"\n") if line.startswith(b"?"))


def steps_of(repository: Repository, old: str, new: str, missing: Collection[str] = ()) -> tuple[Step, ...]:
    """The commits that ``new`` has and ``old`` has not, parents first; ``missing`` objects are not read.

    Raises :class:`UnverifiedError` where this clone's history ends within the range.
    """
    rows = _commits(repository, old, new)
    trees = {row.commit: row.tree for row in rows} | {"": EMPTY_TREE[repository.object_format]}
    listed = [row for row in rows if not row.is_boundary]
    _refuse_cut_history(repository, {row.commit for row in listed})
    pairs = [(trees[parent], row.tree) for row in listed for parent in row.parents or ("",)]
    differences = _differences(repository, pairs, missing)
    return tuple(_step(row, [next(differences) for _ in row.parents or ("",)]) for row in listed)


@dataclass(frozen=True, slots=True)
class _Commit:
    """A commit as ``git rev-list`` prints it; one at the boundary is of the range's beginning."""

    mark: str
    tree: str
    parents: tuple[str, ...]
    seconds: int
    message: str

    @property
    def commit(self) -> str:
        return self.mark[1:]

    @property
    def is_boundary(self) -> bool:
        return self.mark.startswith("-")


def _commits(repository: Repository, old: str, new: str) -> list[_Commit]:
    argv = ("rev-list", "--reverse", "--topo-order", "--boundary", "--encoding=UTF-8", f"--format={_FORMAT}")
    try:
        listing = os.fsdecode(repository.history(*argv, f"{old}..{new}", "--"))
    except GitFailure as failure:
        raise UnverifiedError(
            f"the history of the range is not whole here: {failure.stderr.strip()}",
            DEEPEN,
            error_id=ErrorId.HISTORY_INCOMPLETE,
        ) from None
    fields = listing.split("\0")
    return [
        _Commit(head.rpartition("\n")[2], tree, tuple(parents.split()), int(seconds), message)
        for head, tree, parents, seconds, message in zip(*(fields[n::5] for n in range(5)), strict=False)
    ]


def _step(row: _Commit, differences: Sequence[tuple[Difference, tuple[RawRow, ...]]]) -> Step:
    """A commit with how it differs from each parent."""
    return Step(
        commit=row.commit,
        parents=row.parents,
        seconds=row.seconds,
        message=row.message,
        differences=tuple(registry for registry, _ in differences),
        evaluations=tuple(evaluations for _, evaluations in differences),
    )


def _refuse_cut_history(repository: Repository, commits: set[str]) -> None:
    """A commit at which a shallow clone ends looks like a root: everything would seem to be new in it."""
    if not commits or not is_shallow(repository):
        return
    with open(os.path.join(repository.common_dir, "shallow"), encoding="ascii") as file:
        cut = commits.intersection(file.read().split())
    if cut:
        raise UnverifiedError(
            f"this clone's history ends within the range, at {min(cut)[:10]}",
            DEEPEN,
            error_id=ErrorId.HISTORY_INCOMPLETE,
        )


def _differences(
    repository: Repository, pairs: Sequence[tuple[str, str]], missing: Collection[str]
) -> Iterator[tuple[Difference, tuple[RawRow, ...]]]:
    """How the second tree of each pair differs from the first, from one git process; ``current`` is read.

    First the registry, then the evaluations.
    """
    if not pairs:
        return iter(())
    stdin = "".join(f"{old} {new}\n" for old, new in pairs).encode()
    argv = (
        "diff-tree",
        "--stdin",
        "-r",
        "-z",
        "--raw",
        "--no-renames",
        "--ignore-submodules=none",
        "--",
        *REGISTRY_PATHS,
        EVALUATIONS_PATH,
    )
    listing = repository.run(*argv, stdin=stdin)
    found: list[dict[str, Entry | None]] = []
    evaluations: list[list[RawRow]] = []
    place = 0
    while place < len(listing):
        if listing[place : place + 1] != b":":  # a line with the two trees begins the next pair
            found.append({})
            evaluations.append([])
            place = listing.index(b"\n", place) + 1
            continue
        end = listing.index(b"\0", place)
        meta = listing[place:end].decode()
        place = listing.index(b"\0", end + 1) + 1
        row = raw_row(meta, os.fsdecode(listing[end + 1 : place - 1]))
        if is_of_ledger(row.path):
            evaluations[-1].append(row)
        else:
            found[-1][row.path] = row.entry
    _read_links(repository, found, missing)
    return zip(found, map(tuple, evaluations), strict=True)


def _read_links(repository: Repository, found: Sequence[dict[str, Entry | None]], missing: Collection[str]) -> None:
    """Put the target texts of ``current`` into the differences."""
    places = [(difference, difference.get(CURRENT_PATH)) for difference in found]
    links = [(difference, entry) for difference, entry in places if isinstance(entry, LinkEntry)]
    targets: dict[str, str | None] = dict.fromkeys(missing)
    for object_id, pieces in read_blobs(
        repository, sorted({entry.object_id for _, entry in links}.difference(missing))
    ):
        targets[object_id] = link_text(pieces) if pieces is not None else None
    for difference, entry in links:
        difference[CURRENT_PATH] = LinkEntry(targets[entry.object_id], entry.object_id)
