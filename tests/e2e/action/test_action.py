"""The GitHub Action's own scripts, taken out of ``action.yml`` and run as a runner would."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.machine import Done, Machine

ROOT = Path(__file__).parents[3]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = [step for step in STEPS if "run" in step]
HARMLESS = re.compile(
    r"\$\{\{ (inputs\.[a-z-]+|github\.action_path|github\.event\.merge_group\.base_sha) \}\}", re.ASCII
)


def run_step(place: Machine, step: dict[str, Any], event: str, inputs: dict[str, str], **more: str) -> Done:
    """One script with the variables that the action gives it, under the shell that GitHub starts for ``bash``."""
    given = {name: spec["default"] for name, spec in ACTION["inputs"].items()} | inputs
    values = {f"inputs.{name}": value for name, value in given.items()}
    values |= {"github.action_path": str(ROOT), "github.event.merge_group.base_sha": more.pop("merge_base", "")}
    environment = {
        name: HARMLESS.sub(lambda found: values[found[1]], text) for name, text in step.get("env", {}).items()
    }
    runner = {
        "GITHUB_EVENT_NAME": event,
        "GITHUB_SHA": place.git("rev-parse", "HEAD").strip(),
        "GITHUB_BASE_REF": "main" if event == "pull_request" else "",
        "GITHUB_PATH": str(place.folder.parent / "github-path"),
        "RUNNER_TEMP": str(place.folder.parent),
    }
    script = place.folder.parent / "step.sh"
    script.write_text(step["run"])
    argv = ("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
    return place.run(*argv, **{**runner, **environment, **more})


def check(place: Machine, event: str, inputs: dict[str, str] | None = None, **more: str) -> Done:
    return run_step(place, SCRIPTS[-1], event, inputs or {}, **more)


@pytest.fixture
def pull_request(registry: Machine) -> Machine:
    """A branch with a good commit, and the merge of it that GitHub would check out."""
    registry.git("config", "uploadpack.allowAnySHA1InWant", "true")
    registry.git("config", "uploadpack.allowFilter", "true")
    registry.git("checkout", "-q", "-b", "topic")
    registry.pbm("annotate", "supervised-v1", "--notes", "strong in the north")
    return merged(registry)


def merged(place: Machine) -> Machine:
    place.git("checkout", "-q", "-B", "merge", "main")
    place.git("merge", "-q", "--no-ff", "--no-edit", "topic")
    return place


def swap_value_net(place: Machine) -> None:
    """What no rule about one tree can see: another value net, with metadata that agrees."""
    import hashlib

    place.git("checkout", "-q", "topic")
    model = next(iter(sorted((place.folder / "models").iterdir())))
    value = model / "value_v2.onnx"
    value.write_bytes((model / "policy_v2.onnx").read_bytes())
    metadata = json.loads((model / "metadata.json").read_text())
    metadata["files"]["value_v2.onnx"] = {
        "sha256": hashlib.sha256(value.read_bytes()).hexdigest(),
        "size": value.stat().st_size,
    }
    (model / "metadata.json").write_text(json.dumps(metadata, indent=2) + "\n")
    place.commit("docs: some notes")
    merged(place)


def test_no_text_of_a_stranger_becomes_part_of_a_script() -> None:
    assert len(SCRIPTS) == 2
    for step in SCRIPTS:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        for text in step.get("env", {}).values():
            assert HARMLESS.fullmatch(text), text


def test_a_good_pull_request_passes_and_a_commit_that_swaps_bytes_fails(pull_request: Machine) -> None:
    done = check(pull_request, "pull_request")
    assert done.status == 0, done.out + done.err
    assert "(2 commits, then the tree of" in done.err
    swap_value_net(pull_request)
    assert check(pull_request, "push").status == 0, "the tree alone is sound"
    done = check(pull_request, "pull_request")
    assert done.status == 1, done.out + done.err
    assert re.search(r"^::error file=models/[0-9a-f]{8}/value_v2.onnx,title=models-are-immutable::in ", done.out, re.M)


def test_a_shallow_checkout_gets_the_history_that_it_needs(pull_request: Machine) -> None:
    swap_value_net(pull_request)
    pull_request.git("clone", "-q", "--depth=1", "--branch=merge", f"file://{pull_request.folder}", "../checkout")
    place = pull_request.at(pull_request.folder.parent / "checkout")
    assert check(place, "push").status == 0
    assert place.git("rev-parse", "--is-shallow-repository").strip() == "true", "a push needs no history"
    done = check(place, "pull_request")
    assert done.status == 1, done.out + done.err
    assert "title=models-are-immutable" in done.out


def test_a_branch_that_is_checked_out_itself_is_compared_with_its_target(pull_request: Machine) -> None:
    pull_request.git("clone", "-q", "--branch=topic", f"file://{pull_request.folder}", "../checkout")
    place = pull_request.at(pull_request.folder.parent / "checkout")
    place.git("update-ref", "-d", "refs/remotes/origin/main")
    done = check(place, "pull_request", GITHUB_SHA="0" * 40)
    assert done.status == 0, done.out + done.err
    assert "refs/remotes/origin/main..HEAD (1 commit, " in done.err


def test_a_partial_checkout_fetches_in_bulk(pull_request: Machine) -> None:
    url = f"file://{pull_request.folder}"
    pull_request.git("clone", "-q", "--filter=blob:none", "--no-checkout", "--branch=merge", url, "../checkout")
    place = pull_request.at(pull_request.folder.parent / "checkout")
    trace = place.folder.parent / "trace"
    done = check(place, "push", GIT_TRACE=str(trace))
    assert done.status == 0, done.out + done.err
    assert trace.read_text().count("trace: built-in: git fetch ") == 1


def test_inputs_and_merge_groups_name_the_range(pull_request: Machine) -> None:
    base = pull_request.git("rev-parse", "main").strip()
    assert f"{base}..HEAD (2 commits" in check(pull_request, "merge_group", merge_base=base).err
    assert "main~1..main (1 commit" in check(pull_request, "push", {"range": "main~1..main"}).err
    done = check(pull_request, "push", {"args": "--rehash\n\n--require-content\n"})
    assert done.status == 0, done.err
    evil = check(pull_request, "push", {"range": 'main"; touch "$HOME/pwned"; "', "args": "$(touch $HOME/pwned)"})
    assert evil.status == 2
    assert not (Path(pull_request.environment["HOME"]) / "pwned").exists()


@pytest.mark.real
def test_the_action_installs_its_own_checkout(registry: Machine) -> None:
    home = os.path.expanduser("~")
    done = run_step(registry, SCRIPTS[0], "push", {}, HOME=home)
    assert done.status == 0, done.out + done.err
    folder = (registry.folder.parent / "github-path").read_text().strip()
    assert registry.run(f"{folder}/git-pbm", "check").status == 0
