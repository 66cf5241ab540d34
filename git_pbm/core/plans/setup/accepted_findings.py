"""What stays wrong when a repository is taken in: each finding is accepted in ``.pbm.toml``, and named."""

from __future__ import annotations

from git_pbm.core.documents import allowances
from git_pbm.core.documents.allowances import Allowance, AllowanceProblem
from git_pbm.core.names import ALLOWANCES_PATH
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.plan import Edit, WriteText
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.engine import run_rules
from git_pbm.errors import ErrorId, RefusedError


def with_allowances(
    registry: Registry, edits: tuple[Edit, ...], today: str
) -> tuple[tuple[Edit, ...], tuple[Allowance, ...]]:
    """The edits with ``.pbm.toml``, in which each error that is left is allowed, pinned to what was found.

    Allowances that match nothing any more go. Raises :class:`RefusedError` where the file cannot be read.
    """
    text = registry.allowances_text or ""
    try:
        allowances.parse(text)
    except AllowanceProblem as problem:
        raise RefusedError(
            f"{ALLOWANCES_PATH}: {problem}",
            f"correct it and commit: git commit -- {ALLOWANCES_PATH}",
            error_id=ErrorId.NOT_ADOPTABLE,
        ) from None
    errors = run_rules(Registry(overlay(registry.snapshot, edits))).errors
    found = [finding for finding in errors if finding.path != ALLOWANCES_PATH]
    unused = {finding.found for finding in errors if finding.path == ALLOWANCES_PATH}
    if not errors:
        return edits, ()
    reason = f"there when the repository was adopted, {today}"
    fresh = tuple(Allowance(finding.rule, finding.path, finding.found, reason) for finding in found)
    text = allowances.without(text, lambda one: " ".join(one.identity) in unused)
    if fresh:
        text = allowances.with_added(text, fresh)
    return (WriteText(ALLOWANCES_PATH, text.encode("utf-8", "surrogateescape")), *edits), fresh
