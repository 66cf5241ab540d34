"""The plan of ``git pbm repair``: derived files anew from what they derive from; hashes are never guessed at."""

from __future__ import annotations

from git_pbm.core.documents.commit_message import CommitMessage
from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.registry_document import RegistryDocument
from git_pbm.core.names import CURRENT_PATH
from git_pbm.core.plans.derived_files import derived_edits, rebuilt
from git_pbm.core.plans.plan import Plan
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.engine import run_rules
from git_pbm.errors import ErrorId, RefusedError

REPAIR = "git pbm repair --apply"
"""The remedy of findings about generated files."""


def plan_repair(registry: Registry) -> Plan | None:
    """The edits that ``registry.json``, the README block and ``current`` need; None where they need none.

    They need some where a finding's remedy is :data:`REPAIR`, and nowhere else.

    ``current`` follows ``registry.json`` where that names a model that is there, else the other way round.
    Raises :class:`RefusedError` where ``current`` is something that must not be replaced.
    """
    current = _sane_current(registry)
    _refuse_folder(registry)
    text = rebuilt(registry.document, listed_models(registry, registry.document), current)
    edits = derived_edits(registry, text, current, readme=registry.readme)
    if not any(REPAIR in finding.remedy for finding in run_rules(registry).findings):
        return None  # what generated files follow from has to be corrected first, or there is nothing wrong
    return Plan(edits, CommitMessage("chore: repair the registry")) if edits else None


def listed_models(registry: Registry, old: RegistryDocument | None) -> dict[str, Metadata | None]:
    """The metadata of each model that ``registry.json`` has to list; None where it cannot be read."""
    return {
        name: model.metadata
        for name, model in registry.models.items()
        if _is_model(model) or (old is not None and name in old.models)
    }


def _sane_current(registry: Registry) -> str | None:
    for name in (registry.document.current if registry.document else None, registry.link_id):
        if name is not None and _is_model(registry.models.get(name)):
            return name
    return None


def _is_model(model: Model | None) -> bool:
    return model is not None and model.policy is not None and model.name_matches_hash is not False


def _refuse_folder(registry: Registry) -> None:
    if any(path.startswith(f"{CURRENT_PATH}/") for path in registry.snapshot.entries):
        raise RefusedError(
            f"{CURRENT_PATH} is a directory; repair does not delete what is in it",
            f"move it aside: mv {CURRENT_PATH} current.old; then repair again",
            error_id=ErrorId.PATH_IN_THE_WAY,
        )
