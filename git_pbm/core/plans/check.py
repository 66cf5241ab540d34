"""The check without which nothing is written: the registry that a plan would make, held to every rule."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from git_pbm.core.findings import Finding, Verdict
from git_pbm.core.names import GITATTRIBUTES_PATH, role_of
from git_pbm.core.plans.plan import Delete, Edit, Plan, PutNetwork, SetLink, WriteText
from git_pbm.core.registry.facts import Facts, Unavailable, gather, validated
from git_pbm.core.registry.ledger import NO_LEDGER, GrownLedger, Ledger, is_of_ledger
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import ATTRIBUTES, FileEntry, LinkEntry, OverlaySnapshot, Placed, Snapshot
from git_pbm.core.rules.engine import run_rules
from git_pbm.errors import ErrorId, RefusedError

_PERMISSION = object()


class CheckedPlan:
    """A plan that every rule has passed; only :func:`check_plan` makes one, and ``apply`` takes nothing else."""

    __slots__ = ("after", "base", "models", "plan")

    def __init__(self, plan: Plan, base: Snapshot, after: Snapshot, models: int | None, permission: object) -> None:
        if permission is not _PERMISSION:
            raise TypeError("a CheckedPlan comes from check_plan alone")
        self.plan = plan
        self.base = base
        self.after = after
        self.models = models
        """How many models there will be; None where some rule had something to say, a warning or an old flaw."""


class PlanRefusedError(RefusedError):
    """The registry that a plan would make breaks rules that the one before it kept."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(
            f"{first.path}: {first.rule}: {first.message}{more}", first.remedy, error_id=ErrorId.RULES_VIOLATED
        )
        self.findings = findings


def overlay(base: Snapshot, edits: tuple[Edit, ...]) -> OverlaySnapshot:
    """The snapshot that ``edits`` would make of ``base``."""
    networks = [edit.path for edit in edits if isinstance(edit, PutNetwork)]
    attributes = base.attributes(networks)
    known = {} if isinstance(attributes, Unavailable) else attributes
    said = _said_about_networks(edits)
    in_lfs = {path for path in networks if {**known.get(path, {}), **said}.get("filter") == "lfs"}
    changes = {edit.path: _placed(edit, edit.path in in_lfs) for edit in edits if not is_of_ledger(edit.path)}
    return OverlaySnapshot(base, changes, said)


def _said_about_networks(edits: tuple[Edit, ...]) -> Mapping[str, str]:
    """What the ``*.onnx`` lines of a ``.gitattributes`` that is written say; gitattributes(5), the last one wins."""
    said: dict[str, str] = {}
    for edit in edits:
        if isinstance(edit, WriteText) and edit.path == GITATTRIBUTES_PATH:
            for pattern, *words in filter(None, map(str.split, edit.content.decode("utf-8", "replace").splitlines())):
                for word in words if pattern == "*.onnx" else ():
                    name, equals, value = word.partition("=")
                    said[name.lstrip("-!")] = value if equals else "unset" if word.startswith("-") else "set"
    return {name: value for name, value in said.items() if name in ATTRIBUTES}


def _placed(edit: Edit, in_lfs: bool) -> Placed | None:
    if isinstance(edit, Delete):
        return None
    if isinstance(edit, SetLink):
        return Placed(LinkEntry(edit.target))
    if isinstance(edit, WriteText):
        return Placed(FileEntry(), _written(edit.path, edit.content))
    if isinstance(edit, PutNetwork) and not in_lfs:
        return Placed(FileEntry(object_id=edit.object_id), edit.facts)
    return Placed(FileEntry(), Facts(edit.facts.sha256, edit.facts.size, is_pointer=True))


@lru_cache(maxsize=8)
def _written(path: str, content: bytes) -> Facts:
    """The facts about a text that is written: a plan is looked at while it is made, and when it is checked."""
    role = role_of(path)
    return validated(gather(role, [content]), role)


def check_plan(plan: Plan, base: Snapshot, *, clean: Registry | None = None, ledger: Ledger = NO_LEDGER) -> CheckedPlan:
    """Hold the future registry to every rule; what it shares with a ``clean`` one is not looked at again.

    Of evaluations those are judged that the plan adds to the ``ledger``.

    Raises :class:`PlanRefusedError` for errors that the base does not have already: an imperfect old
    registry can still be worked on.
    """
    after = overlay(base, plan.edits)
    added = {e.path: e.content for e in plan.edits if isinstance(e, WriteText) and is_of_ledger(e.path)}
    registry = Registry(after, ledger=GrownLedger(ledger, added))
    if GITATTRIBUTES_PATH in plan.paths:
        clean = None  # it was clean under other attributes
    verdict = run_rules(registry, clean=clean)
    errors = verdict.errors
    if errors:
        known = {finding.identity for finding in run_rules(Registry(base)).errors}
        new = tuple(finding for finding in errors if finding.identity not in known)
        if new:
            raise PlanRefusedError(new)
    return CheckedPlan(plan, base, after, len(registry.models) if verdict == Verdict() else None, _PERMISSION)
