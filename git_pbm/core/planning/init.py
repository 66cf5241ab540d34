"""The plan of ``git pbm init``: the files that make a folder a models repository; what is there stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core import readme
from git_pbm.core.message import CommitMessage
from git_pbm.core.names import README_PATH, REGISTRY_PATH
from git_pbm.core.plan import Edit, Plan, WriteText, overlay
from git_pbm.core.planning.derive import registry_text
from git_pbm.core.registry import Registry

GITATTRIBUTES_PATH = ".gitattributes"
HOOKS_CONFIG_PATH = ".pre-commit-config.yaml"
HOOK_TYPES = ("pre-commit", "pre-merge-commit", "pre-push", "commit-msg")

GITATTRIBUTES = (
    "*.onnx -text -diff -merge -delta",
    "registry.json text eol=lf merge=pbm",
    "models/*/metadata.json text eol=lf",
)
"""Weights are never converted, diffed, merged as text or searched for deltas; JSON has one line end everywhere."""

README = f"""# Models

Kept with [git pbm](https://pypi.org/project/git-pbm/): `git pbm add POLICY VALUE --tag TAG` registers a model,
`git pbm list` shows what there is.

{readme.MARKER_BEGIN}
{readme.MARKER_END}
"""


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook for a repository's configuration: its id, a title, and when it runs."""

    hook_id: str
    title: str
    stages: tuple[str, ...]
    pass_filenames: bool = False
    """Only git's commit-msg needs it: the one name is the file of the message."""


HOOKS = (
    Hook("pbm-verify", "models registry", ("pre-commit", "pre-merge-commit", "pre-push", "manual")),
    Hook("pbm-message", "models registry", ("commit-msg",), pass_filenames=True),
)


def plan_init(registry: Registry, present: Mapping[str, str], hooks_config: str | None) -> Plan | None:
    """The plan, or None where nothing is missing.

    ``present`` are the texts of the files that exist, by path; ``hooks_config`` is the configuration to
    write where there is none yet (None: no hooks wanted).
    """
    edits: tuple[Edit, ...] = ()
    attributes = present.get(GITATTRIBUTES_PATH, "")
    missing = [line for line in GITATTRIBUTES if line not in attributes.splitlines()]
    if missing:
        head = attributes if not attributes or attributes.endswith("\n") else f"{attributes}\n"
        edits += (WriteText(GITATTRIBUTES_PATH, (head + "".join(f"{line}\n" for line in missing)).encode()),)
    if hooks_config is not None and HOOKS_CONFIG_PATH not in present:
        edits += (WriteText(HOOKS_CONFIG_PATH, hooks_config.encode()),)
    if not registry.exists:
        edits += (WriteText(REGISTRY_PATH, registry_text(registry, {}, None)),)
    if README_PATH not in present:
        future = Registry(overlay(registry.snapshot, edits))
        text = readme.replace_block(README, readme.block_of(future)) or README
        edits += (WriteText(README_PATH, text.encode()),)
    return Plan(edits, CommitMessage("chore: set up git pbm")) if edits else None


def hooks_config(version: str, repository: str) -> str:
    """The text of ``.pre-commit-config.yaml``: a release by its tag, else what is installed."""
    types = ", ".join(HOOK_TYPES)
    head = f"# installed by `pre-commit install`\ndefault_install_hook_types: [{types}]\nrepos:\n"
    return head + hooks_lines(version, repository)


def hooks_lines(version: str, repository: str) -> str:
    """The item to add below ``repos:``."""
    if "dev" not in version:
        ids = "".join(f"      - id: {hook.hook_id}\n" for hook in HOOKS)
        return f"  - repo: {repository}\n    rev: v{version}\n    hooks:\n{ids}"
    return "  - repo: local\n    hooks:\n" + "".join(_local(hook) for hook in HOOKS)


def _local(hook: Hook) -> str:
    return f"""\
      - id: {hook.hook_id}
        name: {hook.title} ({hook.hook_id})
        entry: git-pbm-hook {hook.hook_id}
        language: system
        always_run: true
        pass_filenames: {"true" if hook.pass_filenames else "false"}
        require_serial: true
        verbose: {"false" if hook.pass_filenames else "true"}
        stages: [{", ".join(hook.stages)}]
"""
