"""Parents and dates that a person gives at an adoption, in memory, and what is left unknown after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import Role
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.setup.adopt import Adoption, adopt, dated_by_commit
from git_pbm.core.plans.setup.moved_in import MovedIn, Network
from git_pbm.core.plans.setup.unknown_fields import unknown_fields
from git_pbm.core.registry.facts import gather
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import RefusedError, UsageError
from tests.support.networks import policy_bytes
from tests.support.registries import Json, Tree, good_tree

WHOLE = good_tree()
FIRST, SECOND, THIRD = WHOLE.ids
POLICY = gather(Role.NETWORK, [policy_bytes(2000, 4)])
NEW = POLICY.sha256[:8]
FOLDER = MovedIn("best", "rl-r2-i1", 2, Network(POLICY, "", "0-policy"), None, {}, "2026-02-20", ("best/p.onnx",))
BORN = {"": "2026-02-20"}  # a snapshot in memory has no blob ids: each is empty


def lacking(*fields: str) -> Tree:
    """The registry kept by hand: the models' metadata lack fields, and ``registry.json`` says no more."""

    def drop(document: Json) -> None:
        for field in fields:
            document.pop(field, None)

    tree = WHOLE.with_file("registry.json", f'{{"current": "{SECOND}", "models": {{}}}}'.encode())
    for name in WHOLE.ids:
        tree = tree.edit(f"models/{name}/metadata.json", drop)
    return tree


BARE = lacking("created", "parent")


def after(tree: Tree, adoption: Adoption) -> Registry:
    found = adopt(Registry(tree.snapshot()), adoption)
    return Registry(overlay(tree.snapshot(), (*found.edits, *found.last)))


def given(
    tree: Tree = BARE, *, parents: dict[str, str] | None = None, dates: dict[str, str] | None = None
) -> dict[str, tuple[str, str | None]]:
    """The day and the parent of each model after an adoption with a folder."""
    adoption = Adoption(BORN, (FOLDER,), "2026-03-01", {}, tuple((parents or {}).items()), tuple((dates or {}).items()))
    models = after(tree, adoption).models
    return {
        name: (model.metadata.created, model.metadata.parent)
        for name, model in models.items()
        if model.metadata is not None
    }


def test_what_is_given_is_stored_for_models_that_were_there_and_that_come_in() -> None:
    found = given(
        parents={SECOND: "supervised-v1", "rl-r2-i1": "current"},
        dates={"supervised-v1": "2025-11-30", NEW: "2025-12-01", SECOND[:5]: "2025-12-24"},
    )
    assert found == {
        FIRST: ("2025-11-30", None),
        SECOND: ("2025-12-24", FIRST),
        THIRD: ("2026-02-20", None),
        NEW: ("2025-12-01", SECOND),
    }


def test_what_is_given_is_named_with_its_source() -> None:
    adoption = Adoption(BORN, (FOLDER,), "2026-03-01", {}, (("rl-r2-i1", SECOND),), ((FIRST, "2025-11-30"),))
    report = "\n".join(adopt(Registry(BARE.snapshot()), adoption).report)
    assert f"- supervised-v1 ({FIRST}): created 2025-11-30 from --created" in report
    assert f"parent {SECOND} from --parent" in report


def test_what_is_stated_already_may_be_repeated_and_not_changed() -> None:
    assert given(WHOLE, parents={SECOND: FIRST}, dates={FIRST: "2026-02-01"})[SECOND] == ("2026-02-02", FIRST)
    with pytest.raises(RefusedError, match=f"`parent` of rl-r1-i1 is {FIRST} already, and does not change"):
        given(WHOLE, parents={"current": THIRD})
    with pytest.raises(RefusedError, match="`created` of supervised-v1 is 2026-02-01 already") as refusal:
        given(WHOLE, dates={"supervised-v1": "2025-11-30"})
    assert refusal.value.hint == "leave --created supervised-v1=2025-11-30 out"


@pytest.mark.parametrize(
    ("parents", "dates", "message"),
    [
        ({"nobody": FIRST}, {}, "no model is called nobody"),
        ({SECOND: "nobody"}, {}, "no model is called nobody"),
        ({}, {FIRST: "2026-02-30"}, f"--created {FIRST}=2026-02-30: not a date"),
        ({}, {FIRST: "soon"}, f"--created {FIRST}=soon: not a date"),
        ({SECOND: FIRST, "rl-r1-i1": THIRD}, {}, f"--parent gives rl-r1-i1 both {FIRST} and {THIRD}"),
    ],
)
def test_what_cannot_be_is_refused(parents: dict[str, str], dates: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        given(parents=parents, dates=dates)
    assert refusal.value.message == message


@pytest.mark.parametrize("parents", [{FIRST: FIRST}, {FIRST: SECOND, SECOND: FIRST}])
def test_a_circle_is_refused_and_not_accepted_as_an_old_finding(parents: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match="--parent makes a model descend from itself: supervised-v1 <- "):
        given(parents=parents)


# -- what is left unknown


def test_days_of_commits_and_missing_parents_are_named_before_the_adoption() -> None:
    adoption = Adoption(BORN, (FOLDER,), "2026-03-01", {}, ((NEW, SECOND),), ((FIRST, "2025-11-30"),))
    adopted = after(BARE, adoption)
    dated = dated_by_commit(Registry(BARE.snapshot()), adopted, adoption)
    assert sorted(dated) == sorted((SECOND, THIRD, NEW))
    lines = list(unknown_fields(adopted, dated_by_commit=dated, preview=True))
    assert sorted(lines) == sorted(
        [
            *(
                f"{tag} gets the day of the commit that brought it, 2026-02-20, and keeps it; "
                f"where it was made on another day, add: --created {tag}=DATE"
                for tag in ("rl-r1-i1", "supervised-v2", "rl-r2-i1")
            ),
            "the parent of rl-r1-i1 is unknown; where you know it, add: --parent rl-r1-i1=MODEL",
        ]
    )


def test_a_day_that_somebody_stated_is_not_a_commits() -> None:
    folder = replace(FOLDER, document={"created": "2026-01-01T10:00:00Z"})
    adoption = Adoption(BORN, (folder,), "2026-03-01", {})
    assert dated_by_commit(Registry(WHOLE.snapshot()), after(WHOLE, adoption), adoption) == ()


def test_after_it_only_what_can_still_be_set_is_named() -> None:
    lines = list(unknown_fields(after(BARE, Adoption(BORN, (), "2026-03-01", {})), preview=False))
    assert lines == [
        "the parent of rl-r1-i1 is unknown; where you know it: git pbm annotate rl-r1-i1 --parent MODEL",
    ]
    assert list(unknown_fields(Registry(WHOLE.snapshot()), preview=False)) == []


@pytest.mark.parametrize(("tag", "name"), [("No tag", THIRD), ("supervised-v1", THIRD), (5, THIRD)])
def test_a_model_without_a_tag_of_its_own_is_named_by_its_id(tag: JsonValue, name: str) -> None:
    path = f"models/{THIRD}/metadata.json"
    tree = lacking("training").edit(path, lambda document: document.update(tag=tag))
    lines = list(unknown_fields(Registry(tree.snapshot()), preview=False))
    (line,) = [line for line in lines if f"of {name}: write it into {path}, then: " in line]
    assert line.startswith("nothing tells ")
    assert "training" in line


def test_nothing_is_asked_about_a_folder_that_is_no_model() -> None:
    tree = WHOLE.moved(f"models/{FIRST}", "models/0badcafe").edit(
        "models/0badcafe/metadata.json", lambda document: document.__delitem__("params")
    )
    assert list(unknown_fields(Registry(tree.snapshot()), preview=False)) == []
