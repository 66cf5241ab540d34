"""Rules about the link ``current``, which the engine follows."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core.names import CURRENT_PATH, MODELS_PATH, REGISTRY_PATH, current_target_id, model_path
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import EntryKind, LinkEntry, OtherEntry
from git_pbm.core.rules.rule import Problem, Remark
from git_pbm.core.rules.view import View


def current_is_a_link(view: View) -> Iterator[Remark]:
    """`current` is a symbolic link whose text is exactly models/<id>.

    An absolute target holds on one machine only, one that leads out of the repository lets a commit choose
    what the engine loads, and a copied directory goes stale without a sound.

    To fix it: `git pbm promote MODEL`, or `git pbm repair --apply`, which follows registry.json.
    """
    registry = view.registry
    if isinstance(registry.link_text, Unavailable):
        yield registry.link_text
        return
    problem = _no_link(registry)
    if problem is not None:
        yield Problem(CURRENT_PATH, problem, f"it is {problem}", _turn(registry))


def _no_link(registry: Registry) -> str | None:
    """What is in the place of the link; None for a link as it should be, for nothing, and in a merge conflict."""
    entry = registry.snapshot.entries.get(CURRENT_PATH)
    if any(path.startswith(f"{CURRENT_PATH}/") for path in registry.snapshot.entries):
        return "a directory, not a link"
    match entry:
        case None:
            return None
        case LinkEntry(target):
            is_ours = target is None or current_target_id(target) is not None
            return None if is_ours else f"a link to {target!r}, not to {MODELS_PATH}/<id>"
        case OtherEntry(kind):
            return None if kind is EntryKind.CONFLICT else f"{kind}, not a link"
        case _:
            return "a file, not a link"


def current_resolves(view: View) -> Iterator[Remark]:
    """The model that `current` names is there.

    A dangling link is an engine that does not start. Removing a model on one branch and promoting it on
    another merges without a conflict, so this is checked on the merged tree.

    Holds where the link's text is well-formed.

    To fix it: promote a model that is there, or bring the missing one back from history.
    """
    name = view.registry.link_id
    # a model whose directory is there under a wrong name is another rule's finding: one mistake, one finding
    if name is not None and name not in view.registry.models and name not in view.misnamed_ids:
        yield Problem(
            CURRENT_PATH,
            name,
            f"it names {model_path(name)}, which is not there",
            f"git pbm promote MODEL; or bring it back: git checkout <commit> -- {model_path(name)}",
        )


def registry_current_agrees(view: View) -> Iterator[Remark]:
    """registry.json's `current` and the link `current` name the same model, or neither names any.

    Readers of the one would run another model than readers of the other. registry.json is the truth.

    Holds where registry.json is well-formed and the link, if there is one, is one of ours.

    To fix it: `git pbm repair --apply` turns the link; if the link is right, promote that model.
    """
    registry = view.registry
    if isinstance(registry.document_facts, Unavailable):
        yield registry.document_facts
    if registry.document is None or not _can_be_compared(registry):
        return
    if registry.document.current != registry.link_id:
        names = (registry.link_id or "no model", registry.document.current or "no model")
        yield Problem(
            CURRENT_PATH,
            f"{registry.link_id} and {registry.document.current}",
            f"the link names {names[0]}, registry.json {names[1]}",
            _turn(registry),
        )


def _can_be_compared(registry: Registry) -> bool:
    """Whether the link, if there is one, and ``current`` in registry.json are well-formed."""
    entries, facts = registry.snapshot.entries, registry.document_facts
    if CURRENT_PATH in entries and registry.link_id is None:
        return False
    if any(path.startswith(f"{CURRENT_PATH}/") for path in entries):
        return False
    problems = facts.schema_problems if isinstance(facts, Facts) else None
    return not any(problem.place == "current" for problem in problems or ())


def _turn(registry: Registry) -> str:
    if REGISTRY_PATH not in registry.snapshot.entries:
        return "git pbm init --adopt takes in a repository that was kept by hand"
    return "git pbm repair --apply" if registry.document is not None else "git pbm promote MODEL"
