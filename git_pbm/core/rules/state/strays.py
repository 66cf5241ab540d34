"""The rule about entries that do not belong below ``models/``."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core.names import (
    CURRENT_PATH,
    METADATA_NAME,
    MODELS_PATH,
    NETWORK_PATTERNS,
    README_PATH,
    REGISTRY_PATH,
    network_kind,
)
from git_pbm.core.registry.snapshot import Entry, EntryKind, FileEntry, LinkEntry, OtherEntry
from git_pbm.core.rules.rule import Problem, Remark
from git_pbm.core.rules.view import View


def no_stray_entries(view: View) -> Iterator[Remark]:
    """Below models/ there are only model directories, and in them only plain files of known names.

    Links lead out of the registry or make loops (`ln -sf models/X current` without `-n` drops one inside the
    old model), an executable bit or a submodule is never meant, and anything else is what somebody copied by
    mistake. An unresolved merge conflict in a file of the registry counts, too.

    To fix it: `git rm` the entry, or `git mv` it out of models/.
    """
    for path, entry in view.registry.snapshot.entries.items():
        what = _stray(path, entry)
        if what:
            yield Problem(path, what, what, _remove(path, entry))


def _stray(path: str, entry: Entry) -> str | None:
    """What is wrong about an entry at a path; None for one that belongs there."""
    folder, *below = path.split("/")
    match entry:
        case OtherEntry(EntryKind.CONFLICT as kind):
            return kind
        case OtherEntry(kind):
            what = str(kind)
        case LinkEntry():
            what = "a symbolic link"
        case _:
            what = "a file"
    if folder != MODELS_PATH:
        return None
    if not below:
        return f"{what} in place of the folder {MODELS_PATH}/"
    return _stray_file(below, entry) if isinstance(entry, FileEntry) else f"{what} below {MODELS_PATH}/"


def _stray_file(below: list[str], entry: FileEntry) -> str | None:
    if len(below) != 2:
        return f"a file directly in {MODELS_PATH}/" if len(below) == 1 else "a folder inside a model"
    if below[1] != METADATA_NAME and network_kind(below[1]) is None:
        return f"not {METADATA_NAME}, {' or '.join(NETWORK_PATTERNS)}"
    return "an executable file" if entry.executable else None


def _remove(path: str, entry: Entry) -> str:
    if isinstance(entry, OtherEntry) and entry.kind is EntryKind.CONFLICT:
        if path in (REGISTRY_PATH, CURRENT_PATH, README_PATH):
            return "settle the merge: git pbm resolve"
        return f"settle the merge: edit it, or git rm it; git add {path}; then: git pbm resolve"
    if isinstance(entry, FileEntry) and entry.executable and _stray(path, FileEntry()) is None:
        return f"git update-index --chmod=-x {path}; chmod -x {path}"
    return f"git rm --cached {path}, then move it away"
