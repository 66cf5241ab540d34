"""Which of git's operations stands half-way here, what its two sides are, and which paths it left unmerged."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.gitio.repository import Repository


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a conflict: what it is to the person, and its commit; None where it has none (a patch)."""

    label: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """What git is in the middle of. ``ours`` is stage 2 of the index, ``theirs`` stage 3.

    In a rebase that is the other way round than one expects: ours is upstream.
    """

    name: str
    ours: Side
    theirs: Side
    continue_command: str
    abort_command: str

    @property
    def article(self) -> str:
        """The operation with its article: ``a rebase``, ``a git am``."""
        return f"a {'git am' if self.name == 'am' else self.name}"


def operation_in(repository: Repository) -> Operation | None:
    """The operation in progress; None where there is none (unmerged paths may still come from a stash)."""
    for folder in ("rebase-merge", "rebase-apply"):
        if os.path.isdir(os.path.join(repository.git_dir, folder)):
            return _rebase(repository, folder)
    merged = _line(repository, "MERGE_HEAD")
    if merged:
        last = merged.split()[-1]  # an octopus stops at the last one
        return Operation(
            "merge", _here(repository), Side(_named(repository, "merged in", last), last), "git commit", _out("merge")
        )
    picked = _ref(repository, "CHERRY_PICK_HEAD")
    if picked:
        side = Side(_named(repository, "the commit that is picked", picked), picked)
        return Operation("cherry-pick", _here(repository), side, "git cherry-pick --continue", _out("cherry-pick"))
    reverted = _ref(repository, "REVERT_HEAD")
    if reverted:
        before = repository.commit_id(f"{reverted}^")
        side = Side(f"before the commit that is reverted ({reverted[:10]})", before)
        return Operation("revert", _here(repository), side, "git revert --continue", _out("revert"))
    return None


def merge_mark(repository: Repository) -> str | None:
    """What tells this merge (or step of a rebase, or other conflict) from the next one; None where there is none."""
    refs = ("CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD")
    found = [_line(repository, "MERGE_HEAD"), *(_ref(repository, name) for name in refs)]
    mark = " ".join(filter(None, (*found, _line(repository, "rebase-apply/next"))))
    return mark or ("conflict" if unmerged_paths(repository) else None)


def without_operation(repository: Repository) -> Operation:
    """The two sides of unmerged paths that no operation explains: a stash, ``merge --squash``, ``checkout -m``."""
    return Operation(
        "merge", Side("HEAD", repository.head()), Side("what was merged in", None), "git commit", "git reset --merge"
    )


def _rebase(repository: Repository, folder: str) -> Operation:
    name = "rebase" if not os.path.exists(os.path.join(repository.git_dir, folder, "applying")) else "am"
    branch = _line(repository, f"{folder}/head-name").removeprefix("refs/heads/")
    replayed = _ref(repository, "REBASE_HEAD") or _line(repository, f"{folder}/original-commit")
    merged = _line(repository, "MERGE_HEAD").split()
    whose = f"your commit of {branch}, replayed on it" if branch else "the commit that is replayed on it"
    other = Side(whose, repository.commit_id(replayed) if replayed else None)
    if merged:  # rebase --rebase-merges makes a merge anew
        other = Side("merged in", merged[-1])
    ours = Side("upstream, with what was replayed", repository.head())
    if name == "am":
        ours, other = Side("HEAD", repository.head()), Side("the patch", None)
    return Operation(name, ours, other, f"git {name} --continue", _out(name))


def _here(repository: Repository) -> Side:
    name = os.fsdecode(repository.try_run("symbolic-ref", "--quiet", "--short", "HEAD") or b"").strip()
    return Side(f"this branch ({name})" if name else "HEAD", repository.head())


def _out(name: str) -> str:
    return f"git {name} --abort"


def _ref(repository: Repository, name: str) -> str:
    """What one of git's own refs beside HEAD names: a file, but where the refs lie in a reftable."""
    if repository.settings.get("extensions.refstorage", ["files"])[-1] != "reftable":
        return _line(repository, name)
    return os.fsdecode(repository.try_run("rev-parse", "--quiet", "--verify", name) or b"").strip()


def _line(repository: Repository, name: str) -> str:
    try:
        with open(os.path.join(repository.git_dir, name), encoding="utf-8", errors="replace") as file:
            return file.read(1 << 16).strip()
    except OSError:
        return ""


def _named(repository: Repository, label: str, commit: str) -> str:
    """The label, with a branch that points at the commit where there is one."""
    argv = (
        "for-each-ref",
        "--count=1",
        "--format=%(refname:short)",
        "--points-at",
        commit,
        "refs/heads",
        "refs/remotes",
    )
    name = os.fsdecode(repository.try_run(*argv) or b"").strip()
    return f"{label} ({name or commit[:10]})"


Unmerged = Mapping[str, Mapping[int, str]]
"""For each unmerged path ``"<mode> <blob id>"`` by stage: 1 the base, 2 ours, 3 theirs."""


def unmerged_paths(repository: Repository) -> Unmerged:
    """Every path with a conflict in it, from the top of the work tree."""
    found: dict[str, dict[int, str]] = {}
    for row in filter(None, repository.run("ls-files", "--unmerged", "-z", "--full-name").split(b"\0")):
        meta, _, path = os.fsdecode(row).partition("\t")
        mode, object_id, stage = meta.split(" ")
        found.setdefault(path, {})[int(stage)] = f"{mode} {object_id}"
    return found
