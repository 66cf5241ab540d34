"""The texts that ``git pbm init`` writes: attributes, hooks, a workflow, words for people and for coding agents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from git_pbm.core.registry import readme_block as readme

HOOKS_CONFIG_PATH = ".pre-commit-config.yaml"
WORKFLOW_PATH = ".github/workflows/models.yml"
AGENTS_PATHS = ("AGENTS.md", "CLAUDE.md")
HOOK_TYPES = ("pre-commit", "pre-merge-commit", "pre-push", "commit-msg")

ONNX_STORED_BY_GIT = "*.onnx -text -diff -merge -delta"
"""Weights are never converted, diffed, merged as text or searched for deltas."""
ONNX_STORED_BY_LFS = "*.onnx filter=lfs diff=lfs merge=lfs -text"
"""As ``git lfs track`` writes it."""
JSON_ATTRIBUTES = (
    "registry.json text eol=lf merge=pbm",
    "README.md merge=pbm",
    "models/*/metadata.json text eol=lf merge=pbm",
)
"""JSON has one line end everywhere; the registry and the README's block merge by meaning, and no two models mix."""

README_BLOCK = f"{readme.MARKER_BEGIN}\n{readme.MARKER_END}\n"
README = f"""# Models

Kept with [git pbm](https://pypi.org/project/git-pbm/): `git pbm add POLICY VALUE --tag TAG` registers a model,
`git pbm list` shows what there is.

{README_BLOCK}"""

AGENTS_MARKER, AGENTS_END = "<!-- git-pbm:agents -->", "<!-- /git-pbm:agents -->"
AGENTS_BLOCK = f"""{AGENTS_MARKER}
## Models: use `git pbm`, never the steps by hand

Never `cp`, `mkdir`, `ln -s` or edit anything in `models/`, `registry.json`, `current` or the README's table of
models, and never `git add -A` here: each of these is one command that does all of it, commit included, or nothing.

- register, promote, deploy: `git pbm add POLICY.onnx VALUE.onnx --tag rl-r<round>-i<iteration> --metrics history.json`
  (tag `supervised-v<N>` for supervised; `--no-promote` for a candidate; `--parent MODEL` where others promote
  meanwhile; only after training has finished)
- make another model current: `git pbm promote MODEL`; take the last promotion back: `git pbm rollback`
- note results later: `git pbm annotate MODEL --notes TEXT --kl X`; take a model out: `git pbm remove MODEL --why TEXT`
- look: `git pbm status`, `list`, `show MODEL`, `which FILE` (add `--json` to parse); the folder: `git pbm path MODEL`
- MODEL is a tag, 4+ digits of an id, `current`, `current^` or `current@{{1}}`
- a hook or `git pbm check` complains: do what stands after `->`; never `--no-verify`

Exit codes: 0 done, 1 findings, 2 usage error, 3 not verifiable in this clone, 4 refused or busy and nothing changed,
5 committed but not deployed. `git pbm <command> -h` has the rest.
{AGENTS_END}
"""
"""What replaces the recipe for a coding agent: under 400 tokens."""
CLAUDE_IMPORT = "@AGENTS.md\n"
"""How CLAUDE.md takes in another file (code.claude.com/docs, "Manage Claude's memory")."""

VERIFY_HOOK, MESSAGE_HOOK = "pbm-verify", "pbm-message"
STATE_HOOKS = ("pbm-model-hash", "pbm-metadata", "pbm-registry", "pbm-current", "pbm-onnx", "pbm-evals")
"""What ``pbm-verify`` runs at once."""

_HOOK_ID = re.compile(r"\bid:\s*['\"]?(pbm-[a-z-]+)")
_HOOK_TYPES = re.compile(r"(?m)^default_install_hook_types:\s*(\[[^\]]*\]|(?:\n?[ \t]*-[ \t].*)+)")
_BY_HAND = re.compile(r"shasum|sha256sum|ln -s|git add (-A|\.)|rm (-f )?current|cp .*\.onnx|mkdir .*models/")


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook for a repository's configuration: its id, a title, and when it runs."""

    hook_id: str
    title: str
    stages: tuple[str, ...]
    pass_filenames: bool = False
    """Only git's commit-msg needs it: the one name is the file of the message."""


HOOKS = (
    Hook(VERIFY_HOOK, "models registry", ("pre-commit", "pre-merge-commit", "pre-push", "manual")),
    Hook(MESSAGE_HOOK, "models registry", ("commit-msg",), pass_filenames=True),
)


@dataclass(frozen=True, slots=True)
class Release:
    """Which git pbm a repository is to use: its version, and the repository that it comes from."""

    version: str
    repository: str

    @property
    def is_released(self) -> bool:
        """Whether this version can be installed by its number."""
        return "dev" not in self.version

    @property
    def requirement(self) -> str:
        """What pip installs."""
        return f"git-pbm=={self.version}" if self.is_released else f"git-pbm @ git+{self.repository}"


def hooks_config(release: Release) -> str:
    """The text of ``.pre-commit-config.yaml``: a release by its tag, else what is installed."""
    return f"# installed by `pre-commit install`\n{hook_types_line()}repos:\n{hooks_lines(release)}"


def hook_types_line(types: Sequence[str] = HOOK_TYPES) -> str:
    """The line that makes ``pre-commit install`` install every hook that the registry needs."""
    return f"default_install_hook_types: [{', '.join(types)}]\n"


def hook_types(config: str) -> tuple[str, ...]:
    """The hook types that a ``.pre-commit-config.yaml`` names for ``pre-commit install``."""
    found = _HOOK_TYPES.search(config)
    return tuple(re.findall(r"[a-z][a-z-]*", found[1])) if found else ()


def runs_every_hook(config: str) -> bool:
    """Whether a ``.pre-commit-config.yaml`` names hooks that together run every rule."""
    ids = set(_HOOK_ID.findall(config))
    return MESSAGE_HOOK in ids and (VERIFY_HOOK in ids or ids.issuperset(STATE_HOOKS))


def hooks_lines(release: Release) -> str:
    """The item to add below ``repos:``."""
    if release.is_released:
        ids = "".join(f"      - id: {hook.hook_id}\n" for hook in HOOKS)
        return f"  - repo: {release.repository}\n    rev: v{release.version}\n    hooks:\n{ids}"
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


def workflow(release: Release) -> str:
    """A GitHub workflow that holds a push and every commit of a pull request to the rules.

    Values that somebody else chooses reach the shell through the environment alone.
    """
    return f"""\
# Written by `git pbm init`: the rules of the registry on every push and every pull request.
name: models
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    env:
      GIT_LFS_SKIP_SMUDGE: "1"    # no LFS download: a pointer states its SHA-256
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0          # the commits of a pull request are looked at one by one
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install pre-commit "{release.requirement}"
      - run: pre-commit run --all-files
      - if: github.event_name == 'pull_request'
        env:
          BASE: ${{{{ github.event.pull_request.base.sha }}}}
        run: git pbm check --fetch --range "$BASE..HEAD" --format github
"""


def renewed_agents(text: str) -> str | None:
    """A text with git pbm's block as this version writes it; None where it is, or where there is no whole block."""
    before, begun, rest = text.partition(AGENTS_MARKER)
    block, ended, after = rest.partition(AGENTS_END)
    ours = AGENTS_BLOCK.rstrip("\n")
    if not ended or f"{begun}{block}{ended}".replace("\r\n", "\n") == ours:
        return None
    return before + (ours.replace("\n", "\r\n") if "\r\n" in block else ours) + after


def renewed_workflow(text: str, release: Release) -> str | None:
    """The workflow for this release, where ``text`` is what was written for another; None for any other text."""
    ours = workflow(release)
    head, _, tail = ours.partition(f'"{release.requirement}"')
    is_ours = text.startswith(head) and text.endswith(tail) and "\n" not in text[len(head) : len(text) - len(tail)]
    return ours if is_ours and text != ours else None


def outside_agents_block(text: str) -> str:
    """A text with git pbm's block for agents taken out, and its lines left empty."""
    begin, _, rest = text.partition(AGENTS_MARKER)
    block, _, end = rest.partition(AGENTS_END)
    return begin + "\n" * block.count("\n") + end


def steps_by_hand(text: str) -> tuple[int, ...]:
    """The lines (from 1) outside our block that still tell a reader to do by hand what git pbm does."""
    lines = enumerate(outside_agents_block(text).splitlines(), 1)
    return tuple(number for number, line in lines if _BY_HAND.search(line))
