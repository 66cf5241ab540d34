"""Small durable writes: two names are exchanged at once, a folder for temporary files is there or refused."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from git_pbm.errors import RefusedError
from git_pbm.fs import atomic_files as durable
from git_pbm.fs.atomic_files import scratch_folder, swap


@pytest.mark.parametrize("at_once", [True, False])
def test_a_folder_and_a_link_change_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool) -> None:
    if not at_once:
        monkeypatch.setattr(durable, "_exchanged", lambda path, other: False)
    place = tmp_path / "place"
    folder, link = place / "current", place / "gone"
    folder.mkdir(parents=True)
    (folder / "policy").write_text("p")
    link.symlink_to("models/x")
    swap(str(folder), str(link))
    assert os.readlink(folder) == "models/x"
    assert (link / "policy").read_text() == "p"
    swap(str(folder), str(link))
    assert os.readlink(link) == "models/x"
    assert (folder / "policy").read_text() == "p"
    assert sorted(os.listdir(place)) == ["current", "gone"]


def test_names_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        swap(str(tmp_path / "a"), str(tmp_path / "b"))


def test_no_folder_for_temporary_files_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", none)
    with pytest.raises(RefusedError, match="No usable temporary directory"), scratch_folder():
        pass
