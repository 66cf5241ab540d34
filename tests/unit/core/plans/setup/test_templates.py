"""The texts that a new models repository gets, and what is read out of a person's own."""

from __future__ import annotations

import pytest
import yaml

from git_pbm.core.plans.setup.templates import (
    AGENTS_BLOCK,
    HOOK_TYPES,
    STATE_HOOKS,
    Release,
    hook_types,
    hooks_config,
    runs_every_hook,
    steps_by_hand,
    workflow,
)

RELEASED = Release("1.2.0", "https://example.org/git-pbm")
DEVELOPED = Release("1.2.0.dev0", "https://example.org/git-pbm")


def test_a_release_is_named_by_its_tag() -> None:
    assert hooks_config(RELEASED) == (
        "# installed by `pre-commit install`\n"
        "default_install_hook_types: [pre-commit, pre-merge-commit, pre-push, commit-msg]\n"
        "repos:\n"
        "  - repo: https://example.org/git-pbm\n"
        "    rev: v1.2.0\n"
        "    hooks:\n"
        "      - id: pbm-verify\n"
        "      - id: pbm-message\n"
    )


def test_between_releases_the_installed_program_is_run() -> None:
    document = yaml.safe_load(hooks_config(DEVELOPED))
    (repository,) = document["repos"]
    assert repository["repo"] == "local"
    assert repository["hooks"] == [
        {
            "id": "pbm-verify",
            "name": "models registry (pbm-verify)",
            "entry": "git-pbm-hook pbm-verify",
            "language": "system",
            "always_run": True,
            "pass_filenames": False,
            "require_serial": True,
            "verbose": True,
            "stages": ["pre-commit", "pre-merge-commit", "pre-push", "manual"],
        },
        {
            "id": "pbm-message",
            "name": "models registry (pbm-message)",
            "entry": "git-pbm-hook pbm-message",
            "language": "system",
            "always_run": True,
            "pass_filenames": True,
            "require_serial": True,
            "verbose": False,
            "stages": ["commit-msg"],
        },
    ]


@pytest.mark.parametrize(
    ("release", "requirement"),
    [(RELEASED, "git-pbm==1.2.0"), (DEVELOPED, "git-pbm @ git+https://example.org/git-pbm")],
)
def test_the_workflow_installs_the_same_program(release: Release, requirement: str) -> None:
    document = yaml.safe_load(workflow(release))
    steps = document["jobs"]["check"]["steps"]
    assert steps[2]["run"] == f'pip install pre-commit "{requirement}"'
    assert document["permissions"] == {"contents": "read"}
    assert steps[-1]["env"] == {"BASE": "${{ github.event.pull_request.base.sha }}"}
    assert steps[-1]["run"] == 'git pbm check --fetch --range "$BASE..HEAD" --format github'


@pytest.mark.parametrize("release", [RELEASED, DEVELOPED])
def test_what_is_written_is_read_again(release: Release) -> None:
    assert hook_types(hooks_config(release)) == HOOK_TYPES
    assert runs_every_hook(hooks_config(release))


@pytest.mark.parametrize(
    ("config", "types"),
    [
        ("default_install_hook_types:\n  - pre-commit\n  - commit-msg\nrepos: []\n", ("pre-commit", "commit-msg")),
        ("repos: []\n", ()),
    ],
)
def test_hook_types_are_read_as_a_list_of_either_form(config: str, types: tuple[str, ...]) -> None:
    assert hook_types(config) == types


@pytest.mark.parametrize(
    ("ids", "all_of_them"),
    [
        (("pbm-verify", "pbm-message"), True),
        ((*STATE_HOOKS, "pbm-message"), True),
        (("pbm-verify",), False),
        ((*STATE_HOOKS[1:], "pbm-message"), False),
        ((), False),
    ],
)
def test_every_rule_runs_where_the_hooks_together_run_it(ids: tuple[str, ...], all_of_them: bool) -> None:
    assert runs_every_hook("".join(f"- id: '{name}'\n" for name in ids)) is all_of_them


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ()),
        ("# Ours\n1. shasum -a 256 policy_v2.onnx\n2. git add -A && git commit\n", (2, 3)),
        (AGENTS_BLOCK, ()),
        (f"ln -s x\n{AGENTS_BLOCK}rm current\n", (1, AGENTS_BLOCK.count("\n") + 2)),
    ],
    ids=["nothing", "a recipe", "our block", "around our block"],
)
def test_steps_by_hand_are_found_outside_our_block(text: str, lines: tuple[int, ...]) -> None:
    assert steps_by_hand(text) == lines
