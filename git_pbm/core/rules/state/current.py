"""Rules about the link ``current``, which the engine follows."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core.findings import Outcome, Unverified
from git_pbm.core.names import CURRENT_PATH, MODELS_PATH, REGISTRY_PATH, current_target_id, model_path
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import LinkEntry, OtherEntry
from git_pbm.core.rules.rule import error
from git_pbm.core.rules.state.misnamed import misnamed_ids


def current_is_a_link(registry: Registry) -> Iterator[Outcome]:
    """`current` is a symbolic link whose text is exactly models/<id>.

    An absolute target holds on one machine only, one that leads out of the repository lets a commit choose
    what the engine loads, and a copied directory goes stale without a sound.

    To mend: `git pbm promote MODEL`, or `git pbm repair --apply`, which follows registry.json.
    """
    entries = registry.snapshot.entries
    entry = entries.get(CURRENT_PATH)
    problem = None
    if any(path.startswith(f"{CURRENT_PATH}/") for path in entries):
        problem = "a directory, not a link"
    elif isinstance(entry, LinkEntry):
        if entry.target is None:
            yield Unverified(CURRENT_PATH, entry.object_id)
        elif current_target_id(entry.target) is None:
            problem = f"a link to {entry.target!r}, not to {MODELS_PATH}/<id>"
    elif isinstance(entry, OtherEntry):
        problem = None if "conflict" in entry.kind else f"{entry.kind}, not a link"
    elif entry is not None:
        problem = "a file, not a link"
    if problem is not None:
        yield error(current_is_a_link, CURRENT_PATH, problem, f"it is {problem}", _turn(registry))


def current_resolves(registry: Registry) -> Iterator[Outcome]:
    """The model that `current` names is there.

    A dangling link is an engine that does not start. Removing a model on one branch and promoting it on
    another merges without a conflict, so this is checked on the merged tree.

    Holds where the link's text is well-formed.

    To mend: promote a model that is there, or bring the missing one back from history.
    """
    name = registry.link_id
    if name is None or name in registry.models:
        return
    if name in misnamed_ids(registry):
        return  # its directory is there under a wrong name: one mistake, one finding
    yield error(
        current_resolves,
        CURRENT_PATH,
        name,
        f"it names {model_path(name)}, which is not there",
        f"git pbm promote MODEL; or bring it back: git checkout <commit> -- {model_path(name)}",
    )


def registry_current_agrees(registry: Registry) -> Iterator[Outcome]:
    """registry.json's `current` and the link `current` name the same model, or neither names any.

    Readers of the one would run another model than readers of the other. registry.json is the truth.

    Holds where registry.json is well-formed and the link, if there is one, is one of ours.

    To mend: `git pbm repair --apply` turns the link; if the link is right, promote that model.
    """
    if isinstance(registry.document_facts, Unavailable):
        yield Unverified(REGISTRY_PATH, registry.document_facts.object_id)
    entry = registry.snapshot.entries.get(CURRENT_PATH)
    if registry.file is None or (entry is not None and registry.link_id is None):
        return
    if any(path.startswith(f"{CURRENT_PATH}/") for path in registry.snapshot.entries) or _is_malformed(registry):
        return
    if registry.file.current != registry.link_id:
        yield error(
            registry_current_agrees,
            CURRENT_PATH,
            f"{registry.link_id} and {registry.file.current}",
            f"the link names {registry.link_id or 'no model'}, registry.json {registry.file.current or 'no model'}",
            _turn(registry),
        )


def _is_malformed(registry: Registry) -> bool:
    problems = getattr(registry.document_facts, "schema_problems", None) or ()
    return any(problem.place == "current" for problem in problems)


def _turn(registry: Registry) -> str:
    return "git pbm repair --apply" if registry.file is not None else "git pbm promote MODEL"
