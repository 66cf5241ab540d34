"""The journal's format of version 1, as an interrupted git pbm left it: a newer git pbm still reads and recovers it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.support.machine import Machine, state_of

JOURNAL = """\
{{
  "command": "annotate",
  "base": "{base}",
  "subject": "docs: annotate supervised-v1 model ({model})",
  "commits": true,
  "staging": "{staging}",
  "steps": [
    {{
      "path": "{path}",
      "before": {{"kind": "file", "sha256": "{before[0]}", "size": {before[1]}, "target": ""}},
      "after": {{"kind": "file", "sha256": "{after[0]}", "size": {after[1]}, "target": ""}}
    }}
  ],
  "entries": {{"{path}": "100644 {blob}"}},
  "unlocked_at": 0,
  "staged": null,
  "saved": null,
  "new_folders": [],
  "deploys": null,
  "engine": null,
  "during": null,
  "version": 1
}}
"""
"""What is in people's git folders: a field that is renamed or gone raises the version, and this text stays."""


def digest(path: Path) -> tuple[str, int]:
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest(), len(data)


def test_a_journal_of_version_1_is_recovered(registry: Machine) -> None:
    whole = state_of(registry)
    (file,) = sorted((registry.folder / "models").glob("*/metadata.json"))[:1]
    path, before = file.relative_to(registry.folder).as_posix(), digest(file)
    staging = registry.folder / ".git/pbm/.pbm-staging-99999999-0123abcd"
    (staging / "undo").mkdir(parents=True)
    (staging / "undo/0").write_bytes(file.read_bytes())
    document = json.loads(file.read_text())
    file.write_text(json.dumps({**document, "notes": "half done"}, indent=2) + "\n")
    journal = JOURNAL.format(
        staging=staging,
        base=registry.git("rev-parse", "HEAD").strip(),
        model=file.parent.name,
        path=path,
        before=before,
        after=digest(file),
        blob=registry.git("rev-parse", f":{path}").strip(),
    )
    (registry.folder / ".git/pbm/journal.json").write_text(journal)
    assert "interrupted" in registry.pbm("check").err
    registry.pbm("repair", "--apply")
    assert not (registry.folder / ".git/pbm/journal.json").exists()
    assert not staging.exists()
    assert state_of(registry) == whole
    registry.pbm("check", "--rehash")
