"""``git pbm path current`` reads as little as proves the answer; where that is not enough it answers as ever."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from git_pbm.snapshots.current_fast_path import current_folder
from tests.support.machine import Machine

Spoil = Callable[[Machine], None]


def listing(place: Machine) -> dict[str, dict[str, object]]:
    models = json.loads((place.folder / "registry.json").read_text())["models"]
    assert isinstance(models, dict)
    return models


def current_of(place: Machine) -> Path:
    return place.folder / os.readlink(place.folder / "current")


def point(place: Machine, target: str) -> None:
    (place.folder / "current").unlink()
    (place.folder / "current").symlink_to(target)


def other_of(place: Machine) -> str:
    return next(name for name in listing(place) if name != current_of(place).name)


def rewrite(place: Machine, change: Callable[[str], str]) -> None:
    path = place.folder / "registry.json"
    path.write_text(change(path.read_text()))


def conflict(text: str) -> str:
    line = next(line for line in text.splitlines(keepends=True) if '"current"' in line)
    return text.replace(line, f"<<<<<<< ours\n{line}=======\n{line}>>>>>>> theirs\n")


def forget_entry(text: str) -> str:
    return re.sub(r'(?m)^    "[0-9a-f]{8}": ', '    "x": ', text)


def copy_link(place: Machine) -> None:
    target = os.readlink(place.folder / "current")
    (place.folder / "current").unlink()
    place.write("current", target)


def link_models(place: Machine) -> None:
    (place.folder / "models").rename(place.folder / "elsewhere")
    (place.folder / "models").symlink_to("elsewhere")


SPOILT: dict[str, Spoil] = {
    "the link names another model": lambda place: point(place, f"models/{other_of(place)}"),
    "the link names no model": lambda place: point(place, "models/0badcafe"),
    "the link leads out": lambda place: point(place, "../models/0badcafe"),
    "the link is a file": copy_link,
    "no link": lambda place: (place.folder / "current").unlink(),
    "no registry.json": lambda place: (place.folder / "registry.json").unlink(),
    "another current in registry.json": lambda place: rewrite(
        place, lambda text: text.replace(f'"current": "{current_of(place).name}"', f'"current": "{other_of(place)}"')
    ),
    "a conflict in registry.json": lambda place: rewrite(place, conflict),
    "registry.json on one line": lambda place: rewrite(place, lambda text: json.dumps(json.loads(text))),
    "no entry for it": lambda place: rewrite(place, forget_entry),
    "the folder is gone": lambda place: shutil.rmtree(current_of(place)),
    "its metadata are gone": lambda place: (current_of(place) / "metadata.json").unlink(),
    "models is a link": link_models,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_in_doubt_is_answered_by_the_whole_registry(
    registry: Machine, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(registry)
    monkeypatch.chdir(registry.folder)
    assert current_folder() is None
    told, whole = (registry.run("git", "pbm", "path", words) for words in ("current", "current~0"))
    assert (told.status, told.out) == (whole.status, whole.out)
    assert "Traceback" not in told.err


def test_what_is_certain_is_answered_at_once(registry: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    below = registry.folder / "models"
    monkeypatch.chdir(below)
    assert current_folder() == str(current_of(registry))
    for words in (("path",), ("path", "current"), ("path", "current~0")):
        assert registry.at(below).pbm(*words).out == f"{current_of(registry)}\n"


def test_a_configured_registry_and_no_repository_are_left_to_the_whole_command(
    registry: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert current_folder() is None
    registry.git("config", "pbm.registry", str(tmp_path / "nowhere"))
    monkeypatch.chdir(registry.folder)
    assert current_folder() is None
    registry.pbm("path", "current", status=128)
