"""Rules about identity: a model is what its bytes say."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core.names import ID_DIGITS, METADATA_NAME, NETWORK_PATTERNS, NetworkRole, has_role, is_id, network_kind
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.rules.rule import Problem, Remark

_RESTORE = "find the right bytes: git log --oneline -- {0}; put them back: git checkout <commit> -- {0}"


def dir_name_is_policy_hash(model: Model) -> Iterator[Remark]:
    """A model's directory is named by the first 8 hex digits of the SHA-256 of its policy file.

    The name is the model's identity: the registry, the link `current`, parents and deployments all refer to
    it. A policy that was replaced or damaged under an old name would be played, compared and trained on as a
    model that it is not.

    Holds for directories with exactly one policy file. Where a metadata file or the registry states the full
    hash, all 64 digits count: two policies can be made to share 8.

    To fix it: put the right bytes back from history (`git log -- models/<id>`, `git checkout <commit> -- ...`),
    or register the new bytes as the new model that they are: `git pbm add`.
    """
    facts = model.facts(model.policy) if model.policy else None
    if isinstance(facts, Unavailable):
        yield facts
    elif isinstance(facts, Facts) and not (is_id(model.name) and facts.sha256.startswith(model.name)):
        path = model.path_of(model.policy or "")
        yield Problem(
            model.path,
            facts.sha256,
            f"the policy's SHA-256 begins {facts.sha256[:ID_DIGITS]}, the directory is called {model.name}",
            _RESTORE.format(path) + f"; or register it as what it is: git pbm add {path} --tag TAG",
        )


def metadata_hash_is_policy_hash(model: Model) -> Iterator[Remark]:
    """The `hash` in metadata.json is the full SHA-256 of the policy file.

    8 digits can be forged in minutes, 64 cannot: the full hash is what makes the directory's name trustworthy.

    Holds where the directory is rightly named and the field is a well-formed hash.

    To fix it: if the policy is the right one, correct the field (its value is in the message); if only the
    first 8 digits agree, find out where the file comes from before you use it.
    """
    unread = model.facts(METADATA_NAME)
    if isinstance(unread, Unavailable):
        yield unread
    facts = _named_policy(model)
    stated = model.metadata.hash if model.metadata and model.field_is_valid("hash") else ""
    if facts is None or not stated or stated == facts.sha256:
        return
    alike = stated.startswith(facts.sha256[:ID_DIGITS])
    yield Problem(
        model.path_of(METADATA_NAME),
        stated,
        f"`hash` is {stated}, the policy's SHA-256 is {facts.sha256}"
        + (": the same 8 digits, but other bytes: one of the two may be forged" if alike else ""),
        _RESTORE.format(model.path),
    )


def files_match_digests(model: Model) -> Iterator[Remark]:
    """Every ONNX file has the digest and size that `files` in metadata.json states, and is listed there.

    The directory's name covers the policy alone; without this a value net could be swapped unnoticed.

    Holds where metadata has `files`, and for the policy only where the directory is rightly named. A file
    too many or too few is said once: where it makes a wrong set, `one-policy-per-model` says it.

    To fix it: put the right bytes back from history; a model never changes, so another value net belongs to a
    new model.
    """
    metadata = model.metadata
    if metadata is None or metadata.files is None or not model.field_is_valid("files"):
        return
    for name in sorted({*model.networks, *metadata.files}):
        if name != model.policy or model.name_matches_hash is not False:
            yield from _file_remarks(model, name)


def _file_remarks(model: Model, name: str) -> Iterator[Remark]:
    records = model.metadata.files if model.metadata else None
    record = records.get(name) if records else None
    path, facts = model.path_of(name), model.facts(name)
    if isinstance(facts, Unavailable):
        yield facts
    elif facts is None:
        if name not in model.entries and _wrong_set(model) is None:
            yield Problem(path, "absent", "`files` lists it, and it is not there", _RESTORE.format(path))
    elif record is None:
        if _wrong_set(model) is None:
            yield Problem(
                path,
                facts.sha256,
                f"`files` in {METADATA_NAME} does not list it",
                f"if it does not belong there: git rm {path}; a model never changes: add a new one instead",
            )
    elif (facts.sha256, facts.size) != (record.sha256, record.size):
        yield Problem(
            path,
            facts.sha256,
            f"its SHA-256 is {facts.sha256} ({facts.size} bytes), `files` states {record.sha256} ({record.size} bytes)",
            _RESTORE.format(path),
        )


def one_policy_per_model(model: Model) -> Iterator[Remark]:
    """A model has exactly one policy_v<N>.onnx and at most one value_v<N>.onnx, of the same N.

    The policy names the model; with two of them, or none, nobody could say which model this is.

    Holds for directories that hold a metadata file or a network.

    To fix it: move the second policy out and register it as a model of its own (`git pbm add`), or put the
    missing one back from history.
    """
    problem = _wrong_set(model) if model.networks or METADATA_NAME in model.entries else None
    if problem:
        yield Problem(
            model.path,
            ", ".join(sorted(name for name in model.entries if network_kind(name))) or "none",
            f"{problem}; a model has one {NETWORK_PATTERNS[0]} and at most one {NETWORK_PATTERNS[1]}",
            f"see what came when: git log --stat -- {model.path}; take out what is too much: git rm <file>",
        )


def _wrong_set(model: Model) -> str | None:
    """What is wrong about which networks a model has, going by their names alone; links and the like included."""
    names = sorted(name for name in model.entries if network_kind(name))
    policies = [name for name in names if has_role(name, NetworkRole.POLICY)]
    values = [name for name in names if has_role(name, NetworkRole.VALUE)]
    if len(policies) != 1:
        return f"{len(policies)} policy files ({', '.join(policies)})" if policies else "no policy file"
    if len(values) > 1:
        return f"{len(values)} value files ({', '.join(values)})"
    versions = {kind[1] for kind in map(network_kind, names) if kind is not None}
    return f"{policies[0]} and {values[0]} are of different versions" if len(versions) > 1 else None


def _named_policy(model: Model) -> Facts | None:
    facts = model.facts(model.policy) if model.policy else None
    return facts if isinstance(facts, Facts) and model.name_matches_hash else None
