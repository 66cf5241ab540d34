"""The kinds of clone that people work in: how each is made from a models repository on a server."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.machine import Machine

Maker = Callable[[Machine, str], Machine]
"""From a machine and a server's address to the clone."""


def cloned(*options: str, folder: str = "clone") -> Maker:
    """``git clone`` with options."""

    def make(machine: Machine, server: str) -> Machine:
        machine.git("clone", "-q", *options, server, folder)
        return machine.at(machine.folder / folder)

    return make


def then(*commands: tuple[str, ...], make: Maker | None = None) -> Maker:
    """A clone in which git commands were run."""

    def made(machine: Machine, server: str) -> Machine:
        place = (make or cloned())(machine, server)
        for argv in commands:
            place.git(*argv)
        return place

    return made


def linked_worktree(machine: Machine, server: str) -> Machine:
    main = cloned(folder="main")(machine, server)
    main.git("worktree", "add", "-q", "-b", "work", "../clone")
    return machine.at(machine.folder / "clone")


def submodule(machine: Machine, server: str) -> Machine:
    outer = machine.at(machine.folder / "project")
    outer.folder.mkdir()
    is_sha256 = len(machine.git("ls-remote", server, "HEAD").split()[0]) == 64
    outer.git("init", "-q", f"--object-format={'sha256' if is_sha256 else 'sha1'}")  # git allows no other one below
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", server, "parts/models-repo")
    outer.commit("the models as a submodule")
    inner = machine.at(outer.folder / "parts/models-repo")
    assert (inner.folder / ".git").is_file()
    return inner


def below_another(machine: Machine, server: str) -> Machine:
    """A clone inside the work tree of another repository, which does not know it."""
    outer = machine.at(machine.folder / "project")
    outer.folder.mkdir()
    outer.git("init", "-q")
    outer.git("commit", "-q", "--allow-empty", "-m", "a project")
    return cloned(folder="models-repo")(outer, server)


def named_by_variables(machine: Machine, server: str) -> Machine:
    """``GIT_DIR`` and ``GIT_WORK_TREE`` name the two halves; nothing in the work tree tells of git."""
    machine.git("clone", "-q", "--bare", server, "bare.git")
    folder = machine.folder / "clone"
    folder.mkdir()
    both = {"GIT_DIR": str(machine.folder / "bare.git"), "GIT_WORK_TREE": str(folder)}
    place = Machine(folder, {**machine.environment, **both})
    place.git("checkout", "-q", "-f", "main")
    return place
