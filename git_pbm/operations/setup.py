"""What a clone still lacks, as lines that say what to type: ``init`` ends with them, ``status`` repeats them."""

from __future__ import annotations

import os
import re
import shlex

from git_pbm import __version__
from git_pbm.core import readme
from git_pbm.core.names import GITATTRIBUTES_PATH, README_PATH
from git_pbm.core.planning.templates import (
    AGENTS_PATHS,
    HOOKS,
    HOOKS_CONFIG_PATH,
    Release,
    hook_types_line,
    hooks_lines,
    steps_by_hand,
)
from git_pbm.core.registry import Registry
from git_pbm.operations.adopt import folders_outside
from git_pbm.operations.deployment import ENGINE_KEY
from git_pbm.operations.hooks import LFS_FIRST, lfs_never_pushes, missing_hooks
from git_pbm.store.driver import driver_is_missing
from git_pbm.store.git import Repository
from git_pbm.store.small import read_small
from git_pbm.store.trees import check_attributes

HOOKS_REPOSITORY = "https://github.com/git-pbm/git-pbm"
_USUAL_ENGINE = "../polite-betrayal/engine/models"
_TEXT_LIMIT = 1 << 20
_IDS = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{8}(?![0-9A-Za-z])")


def release(hooks_repository: str | None = None) -> Release:
    """This git pbm, as a repository's configuration names it."""
    return Release(__version__, hooks_repository or HOOKS_REPOSITORY)


def left_to_do(repository: Repository, registry: Registry, *, hooks: bool = True) -> tuple[str, ...]:
    """Everything that a person has to do himself, most important first."""
    left: list[str] = []
    if hooks:
        left += _hooks(repository)
    if networks_are_in_lfs(repository) and lfs_never_pushes(repository):
        left.append(LFS_FIRST)
    if driver_is_missing(repository):
        left.append("let git merge registry.json by meaning in this clone: git pbm init")
    left += _moves(repository)
    left += _words(repository, registry)
    usual = os.path.normpath(os.path.join(repository.folder, _USUAL_ENGINE))
    if repository.config(ENGINE_KEY) is None and os.path.isdir(usual):
        left.append(f"say where the engine reads its models: git config {ENGINE_KEY} {shlex.quote(usual)}")
    return tuple(left)


def networks_are_in_lfs(repository: Repository) -> bool:
    """Whether the attributes in the work tree send a new model's networks to Git LFS."""
    path = "models/00000000/policy_v2.onnx"
    return check_attributes(repository, [path], cached=False)[path].get("filter") == "lfs"


def _hooks(repository: Repository) -> list[str]:
    config = text_of(repository, HOOKS_CONFIG_PATH)
    left = []
    if config is not None:
        if not all(re.search(rf"\bid:\s*['\"]?{hook.hook_id}\b", config) for hook in HOOKS):
            left.append(f"add to {HOOKS_CONFIG_PATH}, below repos:\n{hooks_lines(release())}".rstrip())
        if "default_install_hook_types" not in config:
            left.append(f"add to {HOOKS_CONFIG_PATH}, at its top:\n{hook_types_line()}".rstrip())
    elif not _has_text(repository, GITATTRIBUTES_PATH):
        left.append("set the repository up: git pbm init")
    missing = missing_hooks(repository)
    if missing:
        left.append(f"install the hooks ({', '.join(missing)}): pre-commit install")
    return left


def _moves(repository: Repository) -> list[str]:
    return [
        f"{_one_line(path)}/ holds {_one_line(folder.policies[0])}, outside models/; "
        f"to register it: git pbm init --adopt --move-in {shlex.quote(_one_line(path))}"
        for path, folder in folders_outside(repository).items()
    ]


def _one_line(name: str) -> str:
    """A name out of the tree: what is left to do may have several lines, and no name makes one of them."""
    return name.replace("\n", "\\x0a")


def _words(repository: Repository, registry: Registry) -> list[str]:
    """Texts that people and agents read, and that are no longer true."""
    left = []
    text = text_of(repository, README_PATH)
    if text is not None:
        if not readme.has_block(text):
            left.append(f"give {README_PATH} the table of models: git pbm init")
        outside = readme.replace_block(text, "") or text
        for number, line in enumerate(text.splitlines(), 1):
            gone = [name for name in _IDS.findall(line) if name not in registry.models and line in outside]
            if gone and not all(name.isdigit() for name in gone):
                left.append(f"{README_PATH} line {number} names {gone[0]}, and there is no such model: correct it")
    for path in AGENTS_PATHS:
        numbers = steps_by_hand(text_of(repository, path) or "")
        if numbers:
            lines = ", ".join(map(str, numbers[:5]))
            left.append(f"{path} still tells to do it by hand (line {lines}): delete that, the git pbm block says how")
    return left


def text_of(repository: Repository, path: str) -> str | None:
    """The text of a file of the work tree; None where there is no plain file."""
    data = read_small(os.path.join(repository.folder, path), _TEXT_LIMIT)
    return data.decode("utf-8", "replace") if data is not None else None


def _has_text(repository: Repository, path: str) -> bool:
    return text_of(repository, path) is not None
