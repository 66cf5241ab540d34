"""The rule that a registered model never changes; it looks at what a step of history touched, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from git_pbm.core.documents.commit_message import named_by
from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import (
    METADATA_NAME,
    TRAININGS,
    NetworkRole,
    has_role,
    is_hash,
    is_id,
    network_kind,
    rl_numbers,
    tag_problem,
)
from git_pbm.core.registry.change import Change
from git_pbm.core.registry.changed_models import ChangedModels
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.snapshot import Entry, FileEntry
from git_pbm.core.rules.rule import Problem, Remark

FROZEN = ("hash", "training", "tag", "parent", "round", "iteration")
"""The fields of metadata that say which model it is."""


def models_are_immutable(change: Change) -> Iterator[Remark]:
    """Nothing below an existing models/<id>/ changes but metadata.json, and there not what identifies the model.

    Results, deployments and children refer to a model by its id for years; a value net or a parent that was
    swapped later would make all of them wrong without a trace.

    In metadata.json `hash`, `training`, `tag`, `parent`, `round`, `iteration` and what `files` already lists
    stay (what the tag already said may be written down, and a `parent` that is absent may be given once);
    `created` changes only where it was no date; notes, metrics and `params` are free. A network may
    become a Git LFS pointer to the same SHA-256, or the bytes that metadata always stated. A whole model goes
    only by a commit that says so: `chore: remove <tag> model (<id>)`. And no merge gives a model what was said
    about another one, as git does where it takes the metadata of the two for one renamed file. Where two branches
    gave one tag to two models, the merge may give a new tag to one that only one of them has (`git pbm resolve
    --retag MODEL=TAG`).

    To fix it: undo that part of the commit, and register other bytes as a model of its own: `git pbm add`. To
    take a model away: `git pbm remove MODEL --why TEXT`.
    """
    touched = ChangedModels.by(change)
    for name, before in touched.before.items():
        if not is_id(name):
            continue
        after = touched.after.get(name)
        if after is None:
            yield from _removal(before, change.message)
        else:
            for file_name in touched.paths[name]:
                yield from _file(change, before, after, file_name)


def _undo(change: Change, path: str, how: str = "git checkout {base} -- {path}") -> str:
    """What to type: before the commit is made, or in a commit of a range, which no later commit makes right."""
    command = how.format(base=change.base, path=path)
    if change.base != "HEAD":
        command = f"git rebase -i {change.base}, and in that commit: {command}; git commit --amend"
    return f"undo it: {command}; other bytes are a model of their own: git pbm add"


def says_removal(message: str, model_id: str) -> bool:
    """Whether a message says in its subject, or in a line of its own (a squash), that a model is removed."""
    lines = (line.strip().removeprefix("* ").removeprefix("- ") for line in message.splitlines())
    said = (named_by(line) for line in lines)
    return any(named.verb == "remove" and named.model_id == model_id for named in said if named is not None)


def _removal(before: Model, message: str) -> Iterator[Remark]:
    if says_removal(message, before.name) or before.name_matches_hash is False:
        return  # a directory whose name is not its policy's is not a registered model
    tag = before.metadata.tag if before.metadata and tag_problem(before.metadata.tag) is None else before.name
    yield Problem(
        before.path,
        "removed",
        "the model is removed, and the commit does not say so",
        f"git pbm remove MODEL --why TEXT; by hand, the subject is: chore: remove {tag} model ({before.name})",
    )


def _file(change: Change, before: Model, after: Model, name: str) -> Iterator[Remark]:
    old, new = before.entries.get(name), after.entries.get(name)
    found = _kept_badly(old, new) if new is not None else _taken_away(before, name)
    if found is not None:
        yield Problem(before.path_of(name), found, f"in a registered model: {found}", _undo(change, before.path))
    elif new is None or (name != METADATA_NAME and _is_restored(before, after, name)):
        return
    elif isinstance(old, FileEntry):
        yield from _metadata(change, before, after) if name == METADATA_NAME else _bytes(change, before, after, name)
    elif name != METADATA_NAME:
        path = before.path_of(name)
        yield Problem(path, "added", "in a registered model: added", _undo(change, path, "git rm -qf {path}"))


def _taken_away(before: Model, name: str) -> str | None:
    """What is wrong about a file that is gone; None for one that never belonged to the model."""
    belongs = (name == METADATA_NAME or network_kind(name)) and isinstance(before.entries.get(name), FileEntry)
    return "removed" if belongs and not _is_surplus(before, name) else None


def _kept_badly(old: Entry | None, new: Entry) -> str | None:
    """What is wrong about an entry, whatever its bytes are."""
    if not isinstance(new, FileEntry):
        return "no plain file any more" if old is not None else "added: no plain file"
    if new.executable and not (isinstance(old, FileEntry) and old.executable):
        return "made executable" if old is not None else "added: an executable file"
    return None


def _bytes(change: Change, before: Model, after: Model, name: str) -> Iterator[Remark]:
    """The verdict on a file whose git blob is another one: the same content may be stored in another way."""
    path, old, new = before.path_of(name), before.facts(name), after.facts(name)
    lacking = [facts for facts in (old, new) if isinstance(facts, Unavailable)]
    if lacking:
        yield from lacking
        return
    if isinstance(old, Facts) and isinstance(new, Facts) and old.sha256 != new.sha256:
        message = f"its SHA-256 was {old.sha256} and is {new.sha256} now"
        yield Problem(path, new.sha256, message, _undo(change, path))


def _stated(model: Model, name: str) -> str | None:
    """The SHA-256 that a model's metadata states for a network of it."""
    metadata = model.metadata
    if metadata is None:
        return None
    if metadata.files is not None:
        record = metadata.files.get(name)
        return record.sha256 if record else None
    is_policy = has_role(name, NetworkRole.POLICY) and is_hash(metadata.hash) and metadata.hash.startswith(model.name)
    return metadata.hash if is_policy else None


def _is_restored(before: Model, after: Model, name: str) -> bool:
    """Whether a network has the bytes that metadata always stated for it: damage is repaired."""
    facts, stated = after.facts(name), _stated(before, name)
    return network_kind(name) is not None and isinstance(facts, Facts) and facts.sha256 == stated


def _is_surplus(model: Model, name: str) -> bool:
    """Whether a network never belonged to the model: metadata lists the files, and not this one."""
    metadata = model.metadata
    if network_kind(name) is None or metadata is None:
        return False
    if metadata.files is not None:
        return name not in metadata.files
    facts = model.facts(name)
    other = isinstance(facts, Facts) and facts.sha256 != metadata.hash
    return has_role(name, NetworkRole.POLICY) and model.policy is None and other


def _metadata(change: Change, before: Model, after: Model) -> Iterator[Remark]:
    path, old, new = before.path_of(METADATA_NAME), before.facts(METADATA_NAME), after.facts(METADATA_NAME)
    lacking = [facts for facts in (old, new) if isinstance(facts, Unavailable)]
    if lacking:
        yield from lacking
        return
    if not isinstance(old, Facts) or not isinstance(old.document, dict):
        return  # it could not be read before: the other rules judge what it became
    if not isinstance(new, Facts) or not isinstance(new.document, dict):
        yield Problem(path, "unreadable", "it can no longer be read", _undo(change, path))
        return
    for field, was, is_now in _lost(old.document, new.document, after):
        follows_the_tag = field == "tag" or new.document.get(field) == _told(new.document.get("tag"), field)
        if follows_the_tag and before.name in change.retaggable:
            continue
        message = f"`{field}` was {was} and is {is_now} now"
        yield Problem(path, f"{field}: {is_now}", message, _undo(change, path))


def _lost(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue], after: Model) -> Iterator[tuple[str, str, str]]:
    """Field, old and new value as text, for each thing that may not change and did."""
    for field in FROZEN:
        if not _same(old.get(field), new.get(field)) and not _is_corrected(field, old, new, after):
            yield field, _shown(old.get(field)), _shown(new.get(field))
    if (
        isinstance(old.get("created"), str)
        and is_calendar_day(old.get("created"))
        and not _same(old.get("created"), new.get("created"))
    ):
        yield "created", _shown(old.get("created")), _shown(new.get("created"))
    records, now = old.get("files"), new.get("files")
    if isinstance(records, dict):
        for name, record in records.items():
            kept = now.get(name) if isinstance(now, dict) else None
            if _is_record(record) and not _same(record, kept):
                yield f"files/{name}", _shown(record), _shown(kept)


def _is_corrected(field: str, old: Mapping[str, JsonValue], new: Mapping[str, JsonValue], after: Model) -> bool:
    """Whether the old value could identify nothing: a hash that was not the policy's, text out of its grammar."""
    was = old.get(field)
    if field == "hash":
        policy = after.facts(after.policy) if after.policy else None
        return isinstance(policy, Facts) and policy.sha256 == new.get(field) and after.name_matches_hash is True
    if field == "training":
        return was not in TRAININGS
    if field == "tag":
        return not isinstance(was, str) or tag_problem(was) is not None
    if field not in old:  # a parent may be learned later; from then on it stays
        return field == "parent" or (field in ("round", "iteration") and new.get(field) == _told(new.get("tag"), field))
    if field == "parent":
        return not isinstance(was, str) or not is_id(was)
    return not isinstance(was, int) or isinstance(was, bool) or was < 1


def _told(tag: JsonValue, field: str) -> int | None:
    """What a tag says about ``round`` or ``iteration``."""
    numbers = rl_numbers(tag) if isinstance(tag, str) else None
    return None if numbers is None else numbers[0] if field == "round" else numbers[1]


def _is_record(value: JsonValue) -> bool:
    if not isinstance(value, dict):
        return False
    digest = value.get("sha256")
    return isinstance(digest, str) and is_hash(digest)


def _same(one: JsonValue, other: JsonValue) -> bool:
    """Equality of JSON values, in which 1, 1.0 and true are three."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


def _shown(value: JsonValue) -> str:
    return "absent" if value is None else str(value)
