"""Which models need no second look: those that are as they were in a tree about which no rule had anything to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from git_pbm.core.names import ALLOWANCES_PATH, GITATTRIBUTES_PATH, MODELS_PATH
from git_pbm.core.registry import Registry
from git_pbm.core.rules.allowed import allowances_of
from git_pbm.core.snapshot import Entry


def with_proven(registry: Registry, sound: Mapping[str, Entry]) -> Registry:
    """The registry, with those models proven that are the same in ``sound``.

    ``sound`` are the entries of a tree that passed every rule, without a warning and with every byte read, and
    under the attributes of today: a rule about single models sees the same again, and says the same. Rules
    about the registry as a whole still look at all of them. Models that an allowance names are looked at, too,
    for it has to be used; where the allowances themselves changed, all are.
    """
    entries = registry.snapshot.entries
    if not _is_same(ALLOWANCES_PATH, sound, entries) or any(
        path.endswith(f"/{GITATTRIBUTES_PATH}") for path in entries
    ):
        return registry
    differing = {path for path in (*sound, *entries) if not _is_same(path, sound, entries)}
    allowed = {allowance.path for allowance in allowances_of(registry)}
    if any(not path.startswith(f"{MODELS_PATH}/") for path in allowed):
        return registry
    suspect = {_model_of(path) for path in (*differing, *allowed)}
    return replace(registry, proven=frozenset(name for name in registry.models if name not in suspect))


def _is_same(path: str, sound: Mapping[str, Entry], entries: Mapping[str, Entry]) -> bool:
    """Whether git has the same bytes at a path, or nothing on both sides; what git does not know is never the same."""
    entry = entries.get(path)
    return entry == sound.get(path) and (entry is None or bool(entry.object_id))


def _model_of(path: str) -> str:
    folder, _, rest = path.partition("/")
    return rest.partition("/")[0] if folder == MODELS_PATH else ""
