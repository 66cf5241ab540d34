"""What lies on the disk after a fault, without clocks, random names and garbage: equal states need recovery once."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

from tests.support.machine import Machine

_RANDOM = re.compile(r"\.pbm-staging-[0-9]+-[0-9a-f]{8}|(?<=\.)[0-9a-f]{12}(?=\.pbm-tmp)|facts\.[0-9]+|(?<=tmp_obj_).*")
_CLOCKS = ("unlocked_at", "staging")
_UNREAD = ("index.lock", "COMMIT_EDITMSG", "lock")
"""Files whose being there matters and whose content nobody reads."""


def state_left(place: Machine) -> str:
    """A digest of everything below the folder that holds the registry and the engine.

    Loose objects are left out (their names are their content, and one that nothing names is garbage); instead
    the state says whether all that is named is there.
    """
    found = [
        place.run("git", "ls-files", "-s").out,
        place.run("git", "fsck", "--connectivity-only", "--no-dangling").err,
    ]
    root = place.folder.parent
    for folder, folders, names in os.walk(root):
        if Path(folder).name == "objects":
            folders.clear()
            continue
        for name in sorted((*names, *folders)):
            path = Path(folder, name)
            found.append(f"{_RANDOM.sub('*', str(path.relative_to(root)))} {_content(path)}")
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()


def _content(path: Path) -> str:
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    if path.is_dir():
        return "folder"
    if path.name in _UNREAD or path.name == "index":
        return "there"
    data = path.read_bytes()
    if path.name.endswith("-tmp") or path.name.startswith("tmp_obj_"):
        return "there"
    if path.name == ".pbm-deploy.json":
        return re.sub(rb'"time": "[^"]*"', b"", data).hex()
    if path.name == "journal.json":
        journal = {key: value for key, value in json.loads(data).items() if key not in _CLOCKS}
        return json.dumps(journal, sort_keys=True)
    return hashlib.sha256(data).hexdigest()
