"""The rules of a hook over the tree that it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from git_pbm.core.findings import Finding, Verdict
from git_pbm.core.names import GITATTRIBUTES_PATH
from git_pbm.core.registry.change import Change
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import Entry
from git_pbm.core.rules.engine import judge_change, run_rules
from git_pbm.core.rules.table import IMMUTABILITY, VERIFY, rules_of
from git_pbm.gitio.listing import entries_of
from git_pbm.gitio.merge_state import operation_in
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.facts_loader import FactsLoader, Progress
from git_pbm.snapshots.ledger import GitLedger, WorktreeLedger
from git_pbm.snapshots.tree import TreeSnapshot, commit_tree, staged_tree
from git_pbm.snapshots.tree_source import TreeSource
from git_pbm.snapshots.verdict_cache import VerdictCache
from git_pbm.snapshots.worktree import WorktreeSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the rules say; ``listing`` is what git lists of the tree, None where it does not know all of it."""

    exists: bool
    models: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    listing: bytes | None = None


def judged(
    repository: Repository,
    place: TreeSource,
    hook_id: str | None,
    verdicts: VerdictCache | None,
    progress: Progress | None,
    *,
    evaluations: str | None = None,
) -> Judged:
    """What the rules of a hook (None: all rules) say about a tree.

    Without ``verdicts`` nothing that was remembered is believed; ``evaluations`` names a tree whose evaluations need
    not be judged again. Where no hook asks, what changed in a model that HEAD has, and never may, is said instead of
    what follows from it.
    """
    blobs = FactsLoader(repository, rehash=verdicts is None, progress=progress)
    snapshot: TreeSnapshot | WorktreeSnapshot
    ledger: GitLedger
    if place.commit is not None:
        snapshot = commit_tree(repository, place.commit, blobs, place.label)
        ledger = GitLedger(repository, place.commit, evaluations)
    elif place.is_worktree:
        snapshot = WorktreeSnapshot(repository, blobs)
        ledger = WorktreeLedger(repository, evaluations)
    else:
        snapshot = staged_tree(repository, blobs)
        ledger = GitLedger(repository, None, evaluations)
    registry = Registry(snapshot, ledger=ledger)
    if not registry.exists:
        return Judged(exists=False)
    clean = _clean(registry, snapshot.attributes_file, verdicts, blobs) if verdicts is not None else None
    verdict = run_rules(registry, rules_of(hook_id or VERIFY), clean=clean)
    if hook_id is None and place.commit is None and verdict.errors:
        verdict = _without_what_never_changes(repository, registry, verdict, blobs)
    return Judged(
        exists=True,
        models=len(registry.models),
        verdict=verdict,
        listing=snapshot.listing,
    )


def _without_what_never_changes(
    repository: Repository, registry: Registry, verdict: Verdict, blobs: FactsLoader
) -> Verdict:
    """The verdict, in which a change that no commit may hold comes first: other remedies would only lead up to it."""
    head = repository.head()
    if head is None or operation_in(repository) is not None:
        return verdict
    before = Registry(commit_tree(repository, head, blobs))
    said = judge_change(Change(before, registry, ""), IMMUTABILITY)
    paths = {finding.path for finding in verdict.errors}
    there = paths & registry.snapshot.entries.keys()  # what is gone may be meant to go: its commit will say so
    frozen = [one for one in said if isinstance(one, Finding) and one.path in there]
    explained = {finding.path for finding in frozen}
    rest = (finding for finding in verdict.findings if finding.path not in explained)
    return replace(verdict, findings=(*frozen, *rest))


def _clean(
    registry: Registry, attributes_file: Entry | None, verdicts: VerdictCache, blobs: FactsLoader
) -> Registry | None:
    """The registry that passed every rule last, under the git attributes that hold for this one, too."""
    listing = verdicts.base()
    if listing is None:
        return None
    entries = entries_of(listing)
    if entries.pop(GITATTRIBUTES_PATH, None) != attributes_file:
        return None
    return Registry(TreeSnapshot("what passed every rule", entries, blobs), is_clean=True, other=registry)
