"""Which models need no second look: those that are as they were in a tree about which no rule had anything to say."""

from __future__ import annotations

from dataclasses import replace

from git_pbm.core.names import ALLOWANCES_PATH, GITATTRIBUTES_PATH, MODELS_PATH
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.state.allowances import allowances_of


def with_baseline(registry: Registry, sound: Registry) -> Registry:
    """The registry, with those models proven that are the same in ``sound``.

    ``sound`` passed every rule, without a warning and with every byte read, and under the attributes of today: a
    rule about single models sees the same again, and says the same. Rules about the registry as a whole still look
    at all of them, at what ``registry.json`` said there: it repeated their metadata. Models that an allowance names
    are looked at, too, for it has to be used; where the allowances themselves changed, all are.
    """
    entries, before = registry.snapshot.entries, sound.snapshot.entries
    if sound.file is None or entries.get(ALLOWANCES_PATH) != before.get(ALLOWANCES_PATH):
        return registry
    if any(path.endswith(f"/{GITATTRIBUTES_PATH}") for path in entries):
        return registry
    allowed = {allowance.path for allowance in allowances_of(registry)}
    if any(not path.startswith(f"{MODELS_PATH}/") for path in allowed):
        return registry
    differing = {path for path, entry in entries.items() if not entry.object_id or before.get(path) != entry}
    suspect = {_model_of(path) for path in (*differing, *(before.keys() - entries.keys()), *allowed)}
    return replace(registry, sound=sound, proven=frozenset(sound.file.models.keys() - suspect))


def _model_of(path: str) -> str:
    folder, _, rest = path.partition("/")
    return rest.partition("/")[0] if folder == MODELS_PATH else ""
