"""What a person sees, kept as transcripts: the commands on twelve models, narrow and wide, plain and in colour.

After a change that is meant: ``PBM_WRITE_TRANSCRIPTS=1 python -m pytest tests/e2e/commands/test_transcripts.py``, and
read the difference.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.support.branches import State, write_branches
from tests.support.machine import Machine

TRANSCRIPTS = Path(__file__).parents[2] / "transcripts"

LOOKING = (
    "list",
    "list --where training=supervised --sort=-created --columns tag,created,params",
    "lineage",
    "lineage --format mermaid",
    "history",
    "history --at 2026-02-08",
    "show rl-r3-i2",
    "diff rl-r3-i1 rl-r3-i2",
    "status",
    "path current",
    "which ../engine",
    "check",
    "explain current-resolves",
)
CHANGING = (
    "deploy rl-r2-i1 --to ../engine",
    "deploy --check --to ../engine",
    "promote rl-r2-i1",
    "promote rl-r2-i1",
    "rollback",
    "annotate dead-end --notes diverged",
    "remove current --why x",
    "remove dead-end --why 'it diverged'",
    "promote dead-end",
    "repair",
    "list --where tag=dead-end",
)


def names_for(place: Machine) -> dict[str, str]:
    """Readable stand-ins for everything that depends on the machine or on the version of a library."""
    models = json.loads(place.pbm("list", "--json").out)["models"]
    names = {str(place.folder.parent): "/home/trainer"}
    for model in models:
        tag = model["metadata"]["tag"]
        names[model["hash"]] = f"<hash of {tag}>"
        names[model["hash"][:25] + "..."] = f"<hash of {tag}>"
        names[model["hash"][:16] + "..."] = f"<hash of {tag}>"
        names[model["id"]] = f"<{tag}>"
        for name, record in model["metadata"]["files"].items():
            names[record["sha256"][:16] + "..."] = f"<hash of {tag}'s {name.partition('_')[0]}>"
            names[f"{record['size']} bytes"] = "<size>"
    return names


def readable(text: str, names: dict[str, str]) -> str:
    for word in sorted(names, key=len, reverse=True):
        text = text.replace(word, names[word])
    text = re.sub(r"(?:(?<=\[33m)|\b)[0-9a-f]{10,40}\b", "<commit>", text.replace("\r", ""))
    return re.sub(r"[ \t]+$", "", text.replace("\x1b", "<ESC>"), flags=re.MULTILINE)


def held(name: str, text: str) -> None:
    path = TRANSCRIPTS / f"{name}.txt"
    if os.environ.get("PBM_WRITE_TRANSCRIPTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("colour", ["colour", "plain"])
def test_what_the_looking_commands_show(story: Machine, columns: int, colour: str) -> None:
    (story.folder.parent / "engine").mkdir()
    story.pbm("deploy", "rl-r1-i1", "--to", "../engine")
    names = names_for(story)
    parts = []
    for words in LOOKING:
        environment = {"TERM": "xterm", "NO_COLOR": "" if colour == "colour" else "1"}
        done = story.run(
            "script", "-qec", f"stty cols {columns}; git pbm {words}", "/dev/null", stdin=None, **environment
        )
        parts.append(f"$ git pbm {words}\n{done.out}")
    held(f"looking-{columns}-{colour}", readable("\n".join(parts), names))


def test_what_the_changing_commands_say(story: Machine) -> None:
    (story.folder.parent / "engine").mkdir()
    names = names_for(story)
    parts = []
    for words in CHANGING:
        done = story.run("sh", "-c", f"git pbm {words} 2>&1")
        parts.append(f"$ git pbm {words}\n{done.out}[exit {done.status}]\n")
    held("changing", readable("\n".join(parts), names))


def test_what_a_person_sees_in_a_merge_of_two_branches_that_promote(machine: Machine) -> None:
    base = State().adds(0, promote=True)
    mine = base.adds(1, promote=True).says(1, notes="trained at night")
    write_branches(machine, base, {"mine": [mine], "topic": [base.adds(2, promote=True)]})
    machine.git("checkout", "-q", "mine")
    parts = []
    for words in (
        "git merge topic",
        "git pbm promote net-0",
        "git pbm status",
        "git pbm resolve",
        "git pbm resolve --current net-7",
        "git pbm resolve --current net-2",
        "git commit --no-edit",
        "git pbm resolve",
    ):
        done = machine.run("sh", "-c", f"{words} 2>&1")
        parts.append(f"$ {words}\n{done.out}[exit {done.status}]\n")
    text = readable("\n".join(parts), {str(machine.folder): "/home/trainer"})
    held("merging", re.sub(r"\b[0-9a-f]{7}\b", "<commit>", text))
