"""Links, pipes, folders and names where a registry has its files."""

from __future__ import annotations

import os

from tests.robustness.hostile.case import TRICK, Case, Spoil, each, removed, text
from tests.robustness.hostile.place import Place


def _deep(place: Place) -> None:
    where = os.open(place.folder / "models" / place.ids[0], os.O_RDONLY)
    for _ in range(2500):  # deeper than any path may be long: each step is made from the one above
        os.mkdir("d", dir_fd=where)
        deeper = os.open("d", os.O_RDONLY, dir_fd=where)
        os.close(where)
        where = deeper
    os.close(where)


def _models_is_a_link(place: Place) -> None:
    (place.folder / "models").rename(place.beside / "elsewhere")
    place.link("models", "../elsewhere")


def _model_is_a_link(place: Place) -> None:
    (place.folder / "models" / place.ids[0]).rename(place.beside / place.ids[0])
    place.link(f"models/{place.ids[0]}", f"../../{place.ids[0]}")


def _fifo(path: str) -> Spoil:
    def spoil(place: Place) -> None:
        place.remove(path)
        os.mkfifo(place.folder / path)

    return spoil


def _sparse(path: str) -> Spoil:
    def spoil(place: Place) -> None:
        with open(place.folder / path, "wb") as file:
            file.truncate(4 << 30)

    return spoil


BEGIN, END = "<!-- git-pbm:models -->", "<!-- /git-pbm:models -->"


def _worktree() -> list[Case]:
    links = {
        "a link to /etc/passwd": "/etc/passwd",
        "a link to a folder outside": "../../engine",
        "a link to itself": "current",
        "a link with a slash at its end": "models/00000000/",
        "a link in upper case": "models/ABCDEF01",
        "a link with a newline": "models/00000000\n",
        "a link through ..": "models/../models/00000000",
        "a link with escape sequences": TRICK,
        "a link of 4,000 characters": "x" * 4000,
        "a link that is no UTF-8": b"models/\xff\xfe",
    }
    cases = [
        Case(f"current is {name}", lambda p, t=target: p.link("current", t), "current-is-a-link")  # type: ignore[misc]
        for name, target in links.items()
    ]
    current = "current-is-a-link"
    cases += [
        Case("current is a file", text("current", "models/00000000"), current),
        Case("current is a directory", lambda p: each(removed("current"), text("current/x", b"x"))(p), current),
        Case("current dangles", lambda p: p.link("current", "models/00000000"), "current-resolves"),
        Case("metadata is a link to /etc/passwd", lambda p: p.link(p.metadata(0), "/etc/passwd"), "no-stray-entries"),
        Case("metadata is a link to /dev/zero", lambda p: p.link(p.metadata(0), "/dev/zero"), "no-stray-entries"),
        Case("policy is a link to /dev/zero", lambda p: p.link(p.policy(0), "/dev/zero"), "no-stray-entries"),
        Case("registry.json is a link to /etc/passwd", lambda p: p.link("registry.json", "/etc/passwd")),
        Case("registry.json is a link to /dev/zero", lambda p: p.link("registry.json", "/dev/zero")),
        Case("README.md is a link to /dev/zero", lambda p: p.link("README.md", "/dev/zero")),
        Case("README.md is a link to /etc/passwd", lambda p: p.link("README.md", "/etc/passwd")),
        Case(".pbm.toml is a link to /dev/zero", lambda p: p.link(".pbm.toml", "/dev/zero")),
        Case(".gitattributes is a link to /dev/zero", lambda p: p.link(".gitattributes", "/dev/zero")),
        Case("models is a link", _models_is_a_link),
        Case("models is a file", lambda p: each(removed("models"), text("models", b"x"))(p)),
        Case("a model is a link", _model_is_a_link),
        Case("a model directory is a file", lambda p: p.write("models/00000000", b"x"), "no-stray-entries"),
        Case("folders 2,500 deep", _deep),
        Case("registry.json is a directory", lambda p: each(removed("registry.json"), text("registry.json/x", b""))(p)),
        Case("README.md is a directory", lambda p: each(removed("README.md"), text("README.md/x", b""))(p)),
        Case(".pbm.toml is a directory", lambda p: p.write(".pbm.toml/x", b"")),
        Case(
            "metadata.json is a directory", lambda p: each(removed(p.metadata(0)), text(p.metadata(0) + "/x", b""))(p)
        ),
        Case("registry.json is a FIFO", _fifo("registry.json")),
        Case("README.md is a FIFO", _fifo("README.md")),
        Case(".pbm.toml is a FIFO", _fifo(".pbm.toml")),
        Case("metadata.json is a FIFO", lambda p: _fifo(p.metadata(0))(p)),
        Case("policy is a FIFO", lambda p: _fifo(p.policy(0))(p)),
        Case("registry.json is 4 GiB and sparse", _sparse("registry.json")),
        Case("README.md is 4 GiB and sparse", _sparse("README.md")),
        Case(".pbm.toml is 4 GiB and sparse", _sparse(".pbm.toml")),
        Case("nothing is left", each(removed("models"), removed("current"), removed("registry.json"))),
        Case("an executable policy", lambda p: (p.folder / p.policy(0)).chmod(0o755), "no-stray-entries"),
    ]
    names: dict[str, bytes] = {
        "escape sequences": b"models/\x1b[2J\x1b]0;owned\x07/metadata.json",
        "a newline": b"models/00000000\n/metadata.json",
        "a workflow command": b"models/x\n::error::owned/metadata.json",
        "no UTF-8": b"models/\xff\xfe/metadata.json",
        "bidi characters": "models/\u202e00000000/metadata.json".encode(),
        "upper case": b"models/ABCDEF01/metadata.json",
        "an option": b"models/--force/metadata.json",
        "a path spec": b"models/:(exclude)*/metadata.json",
        "a glob": b"models/*/metadata.json",
        "quotes and dollars": b"models/\"$(touch owned)`id`'/metadata.json",
        "255 bytes": b"models/" + b"n" * 255 + b"/metadata.json",
        "a colon": b"models/C:\\con/metadata.json",
    }
    cases += [
        Case(f"a directory named with {name}", lambda p, n=name_: p.write(n, b"{}"), "one-policy-per-model")  # type: ignore[misc]
        for name, name_ in names.items()
    ]
    return cases


def cases() -> list[Case]:
    """All of them."""
    return [*_worktree()]
