"""What a clone still lacks, as lines that say what to type: ``init`` ends with them, ``status`` repeats them."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection
from typing import TYPE_CHECKING

from git_pbm import __version__
from git_pbm.core.names import GITATTRIBUTES_PATH, README_PATH, REGISTRY_PATHS
from git_pbm.core.plans.setup.templates import (
    AGENTS_PATHS,
    HOOK_TYPES,
    HOOKS_CONFIG_PATH,
    Release,
    hook_types,
    hook_types_line,
    hooks_lines,
    outside_agents_block,
    renewed_agents,
    runs_every_hook,
    steps_by_hand,
)
from git_pbm.core.registry import readme_block as readme
from git_pbm.core.registry.prose import contradictions
from git_pbm.core.registry.registry import Registry
from git_pbm.fs.small_files import read_small
from git_pbm.gitio.attributes import check_attributes
from git_pbm.gitio.merge_driver import driver_is_missing
from git_pbm.gitio.merge_state import operation_in, unmerged_paths
from git_pbm.gitio.repository import Repository
from git_pbm.operations.checking.check import check
from git_pbm.operations.deployment import ENGINE_KEY
from git_pbm.operations.setup.adopt import folders_outside
from git_pbm.operations.setup.hooks import hooks_left, lfs_left, missing_hooks

if TYPE_CHECKING:
    from git_pbm.snapshots.facts_loader import Progress

HOOKS_REPOSITORY = "https://github.com/git-pbm/git-pbm"
_USUAL_ENGINE = "../polite-betrayal/engine/models"
_TEXT_LIMIT = 1 << 20
_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#.*$")


def release(hooks_repository: str | None = None) -> Release:
    """This git pbm, as a repository's configuration names it."""
    return Release(__version__, hooks_repository or HOOKS_REPOSITORY)


def left_to_do(
    repository: Repository,
    registry: Registry,
    *,
    hooks: bool = True,
    hooks_repository: str | None = None,
    why: str | None = None,
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """Everything that a person has to do himself, most important first.

    ``why`` is what went wrong when the hooks were to be installed; ``progress`` hears of bytes that have to be read.
    """
    left: list[str | None] = []
    if hooks:
        left += _hooks(repository, release(hooks_repository), why)
    if networks_are_in_lfs(repository):
        left.append(lfs_left(repository))
    if driver_is_missing(repository):
        left.append("let git merge registry.json by meaning in this clone: git pbm init")
    left += moves_left(repository)
    left += _prose(repository, registry)
    left.append(_flaws(repository, progress))
    usual = usual_engine(repository)
    if repository.config(ENGINE_KEY) is None and usual is not None:
        left.append(f"say where the engine reads its models: git config {ENGINE_KEY} {shlex.quote(usual)}")
    return tuple(filter(None, left))


def usual_engine(repository: Repository) -> str | None:
    """The folder where the engine usually stands beside this repository; None where there is none."""
    usual = os.path.normpath(os.path.join(repository.folder, _USUAL_ENGINE))
    return usual if os.path.isdir(usual) else None


def networks_are_in_lfs(repository: Repository) -> bool:
    """Whether the attributes in the work tree send a new model's networks to Git LFS."""
    path = "models/00000000/policy_v2.onnx"
    return check_attributes(repository, [path], cached=False)[path].get("filter") == "lfs"


def hooks_are_configured(repository: Repository) -> bool:
    """Whether hooks that are installed run ours: pre-commit's run what its configuration names."""
    config = text_of(repository, HOOKS_CONFIG_PATH)
    return config is None or runs_every_hook(_COMMENT.sub("", config))


def _hooks(repository: Repository, ours: Release, why: str | None) -> list[str | None]:
    config = text_of(repository, HOOKS_CONFIG_PATH)
    if config is None and missing_hooks(repository):
        # `pre-commit install` without a configuration would make every commit fail
        is_set_up = _has_text(repository, GITATTRIBUTES_PATH)
        task = "let hooks hold each commit to the rules" if is_set_up else "set the repository up"
        return [f"{task}: git pbm init"]
    left: list[str | None] = []
    if config is not None:
        config = _COMMENT.sub("", config)
        if not runs_every_hook(config):
            left.append(f"add to {HOOKS_CONFIG_PATH}, below repos:\n{hooks_lines(ours)}".rstrip())
        types = hook_types(config)
        lacking = [kind for kind in HOOK_TYPES if kind not in types]
        if lacking:
            line = hook_types_line((*types, *lacking))
            left.append(f"{'change' if types else 'add'} in {HOOKS_CONFIG_PATH}, at its top:\n{line}".rstrip())
    return [*left, hooks_left(repository, why)]


def moves_left(repository: Repository, coming: Collection[str] = ()) -> list[str]:
    """The folders of networks that are no models, but for those that are ``coming`` in."""
    return [
        f"{_one_line(path)}/ holds {_one_line(folder.policies[0])}, and is not a model; "
        f"to register it: git pbm init --adopt --move-in {shlex.quote(_one_line(path))}"
        for path, folder in folders_outside(repository).items()
        if path not in coming
    ]


def _one_line(name: str) -> str:
    """A name out of the tree: what is left to do may have several lines, and no name makes one of them."""
    return name.replace("\n", "\\x0a")


def _prose(repository: Repository, registry: Registry) -> list[str]:
    """Texts that people and agents read, and that are no longer true."""
    left = []
    text = text_of(repository, README_PATH)
    if text is not None:
        if not readme.has_block(text):
            left.append(f"give {README_PATH} the table of models: git pbm init")
        left += _contradictions(README_PATH, readme.outside_block(text), registry)
    for path in AGENTS_PATHS:
        text = text_of(repository, path) or ""
        if renewed_agents(text) is not None:
            left.append(f"git pbm's block in {path} is not this version's: git pbm init")
        numbers = steps_by_hand(text)
        if numbers:
            lines = ", ".join(map(str, numbers[:5]))
            left.append(f"{path} still tells to do it by hand (line {lines}): delete that, the git pbm block says how")
        left += _contradictions(path, outside_agents_block(text), registry)
    return left


def _contradictions(path: str, text: str, registry: Registry) -> list[str]:
    document = registry.document
    tags = dict.fromkeys(registry.models, "") | (
        {name: entry.tag for name, entry in document.models.items() if name in registry.models} if document else {}
    )
    found = contradictions(text, tags, registry.current_id)
    return [f"{path} line {number} {what}: correct it" for number, what in found]


def _flaws(repository: Repository, progress: Progress | None) -> str | None:
    """What to do about findings: adopting takes in what is committed, and a merge settles its own."""
    if repository.root is None or operation_in(repository) is not None or unmerged_paths(repository):
        return None
    errors = check(repository, progress=progress).verdict.errors
    if not errors:
        return None
    count = f"{len(errors)} finding{'s' * (len(errors) != 1)}"
    argv = ("status", "--porcelain=v1", "-z", "--no-renames", "--", *REGISTRY_PATHS)
    changed = [os.fsdecode(row[3:]) for row in repository.run(*argv).split(b"\0") if row]
    if changed:
        name = shlex.quote(_one_line(changed[0].rstrip("/")))
        return f"git pbm check has {count}, and {name} is not committed; fix them before it is: git pbm check"
    return f"git pbm check has {count}; fix them, or take the repository in as it is: git pbm init --adopt"


def text_of(repository: Repository, path: str) -> str | None:
    """The text of a file of the work tree; None where there is no plain file."""
    data = read_small(os.path.join(repository.folder, path), _TEXT_LIMIT)
    return data.decode("utf-8", "replace") if data is not None else None


def _has_text(repository: Repository, path: str) -> bool:
    return text_of(repository, path) is not None
