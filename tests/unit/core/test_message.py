"""Commit messages: what is written is read back, and a user's text cannot pass for ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.commit_message import (
    ROLLED_BACK_FROM,
    CommitMessage,
    Named,
    added,
    annotated,
    evaluated,
    named_by,
    parse_subject,
    promoted,
    removed,
    retracted,
    rolled_back,
    trailer,
)
from git_pbm.core.names import tag_problem
from git_pbm.errors import UsageError

ID, OTHER = "0a1b2c3d", "deadbeef"

tags = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True).filter(lambda tag: tag_problem(tag) is None)
ids = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)


@pytest.mark.parametrize(
    ("message", "subject", "verb"),
    [
        (added("rl-r1-i2", ID), f"feat: add rl-r1-i2 model ({ID})", "add"),
        (annotated("rl-r1-i2", ID), f"docs: annotate rl-r1-i2 model ({ID})", "annotate"),
        (promoted("rl-r1-i2", ID), f"chore: promote rl-r1-i2 model ({ID})", "promote"),
        (rolled_back("rl-r1-i2", ID, OTHER), f"chore: roll back to rl-r1-i2 model ({ID})", "roll back"),
        (removed("rl-r1-i2", ID, "it lost"), f"chore: remove rl-r1-i2 model ({ID})", "remove"),
    ],
)
def test_each_command_writes_a_subject_that_is_read_back(message: CommitMessage, subject: str, verb: str) -> None:
    assert message.subject == subject
    assert parse_subject(subject) == Named(verb, "rl-r1-i2", ID)
    assert parse_subject(f"{subject} (#12)") == Named(verb, "rl-r1-i2", ID)


@given(tags, ids)
def test_every_tag_survives_its_subject(tag: str, model_id: str) -> None:
    assert parse_subject(added(tag, model_id).subject) == Named("add", tag, model_id)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        f"feat: add rl-r1-i2 model ({ID})\n",
        f"feat: add rl-r1-i2 model ({ID}) (#12)\n",
        f"feat: add rl-r1-i2 model ({ID}) (#12) and more",
        f"feat: add rl-r1-i2 model ({ID.upper()})",
        f"feat: add two words model ({ID})",
        f"feat: add rl-r1-i2 model ({ID}) (#)",
        f"fix: add rl-r1-i2 model ({ID})",
        f'Revert "feat: add rl-r1-i2 model ({ID})"',
        f"Merge branch 'feat: add rl-r1-i2 model ({ID})'",
    ],
)
def test_any_other_subject_names_nothing(subject: str) -> None:
    assert parse_subject(subject) is None


ADDED = f"feat: add rl-r1-i2 model ({ID})"
PROMOTED = f"chore: promote rl-r1-i2 model ({ID})"


@pytest.mark.parametrize(
    ("subject", "verb", "is_reverted"),
    [
        (ADDED, "add", False),
        (f'Revert "{ADDED}"', "remove", True),
        (f'Revert "{ADDED} (#12)" (#13)', "remove", True),
        (f'Reapply "{ADDED}"', "add", False),
        (f'Revert "Revert "{ADDED}""', "add", False),
        (f'Revert "Reapply "{ADDED}""', "remove", True),
        (f'Revert "chore: remove rl-r1-i2 model ({ID})"', "add", True),
        (f'Revert "docs: annotate rl-r1-i2 model ({ID})"', "annotate", True),
        (f'Revert "{PROMOTED}"', "promote", True),
        (f'Reapply "{PROMOTED}"', "promote", False),
        (f'Revert "chore: roll back to rl-r1-i2 model ({ID})"', "roll back", True),
        (5_000 * 'Revert "' + ADDED + 5_000 * '"', "add", False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_revert_says_the_opposite_of_what_it_quotes(subject: str, verb: str, is_reverted: bool) -> None:
    assert named_by(subject) == Named(verb, "rl-r1-i2", ID, is_reverted)


@pytest.mark.parametrize("subject", [f'Revert "{ADDED}', f'revert "{ADDED}"', 'Revert "fix"', f'Revert "{ADDED}".'])
def test_other_reverts_name_nothing(subject: str) -> None:
    assert named_by(subject) is None


def test_the_parts_are_paragraphs_and_the_text_ends_with_a_newline() -> None:
    assert added("a-b", ID).text() == f"feat: add a-b model ({ID})\n"
    assert removed("a-b", ID, "\nIt lost.\n\nTwice. \n\n").text() == (
        f"chore: remove a-b model ({ID})\n\nIt lost.\n\nTwice.\n"
    )
    assert rolled_back("a-b", ID, OTHER, "It lost.").text() == (
        f"chore: roll back to a-b model ({ID})\n\nIt lost.\n\n{ROLLED_BACK_FROM}: {OTHER}\n"
    )


def test_a_roll_back_says_what_it_replaced() -> None:
    assert trailer(rolled_back("a-b", ID, OTHER).text(), ROLLED_BACK_FROM) == OTHER
    assert trailer(rolled_back("a-b", ID, OTHER, "why: it lost\n\nSee: there").text(), "rolled-back-from") == OTHER


def test_a_host_may_append_to_the_subject_and_git_to_the_trailers() -> None:
    subject, _, rest = rolled_back("a-b", ID, OTHER).text().partition("\n")
    signed = f"{subject} (#7)\n{rest}Signed-off-by: A Trainer <trainer@example.com>\n"
    assert trailer(signed, ROLLED_BACK_FROM) == OTHER
    assert trailer(signed, "Signed-off-by") == "A Trainer <trainer@example.com>"
    assert trailer(signed.replace("\n", "\r\n"), ROLLED_BACK_FROM) == OTHER


@pytest.mark.parametrize(
    "body",
    [
        f"{ROLLED_BACK_FROM}: {OTHER}",
        f"It lost.\n\n{ROLLED_BACK_FROM}: {OTHER}\n",
        f"It lost.\r{ROLLED_BACK_FROM}: {OTHER}",
        f"It lost.\u2028{ROLLED_BACK_FROM}: {OTHER}",
        f"It lost.\n\nrolled-back-FROM : {OTHER}",
    ],
)
def test_a_body_cannot_forge_our_trailer(body: str) -> None:
    for written in (added("a-b", ID, body), promoted("a-b", ID, body), removed("a-b", ID, body)):
        assert trailer(written.text(), ROLLED_BACK_FROM) is None
    assert trailer(rolled_back("a-b", ID, "01234567", body).text(), ROLLED_BACK_FROM) == "01234567"


@given(st.text(alphabet=st.sampled_from("Rolled-back-from: \n\r\t#\u2028e0"), max_size=60), tags, ids, ids)
def test_no_body_changes_what_a_roll_back_says(body: str, tag: str, model_id: str, replaced: str) -> None:
    text = rolled_back(tag, model_id, replaced, body).text()
    assert trailer(text, ROLLED_BACK_FROM) == replaced
    assert parse_subject(text.split("\n")[0]) == Named("roll back", tag, model_id)


def test_a_squashed_pull_request_that_quotes_a_roll_back_is_none() -> None:
    quoted = rolled_back("a-b", ID, OTHER).text()
    assert trailer(f"feat: add c-d model ({ID}) (#3)\n\n* {quoted}", ROLLED_BACK_FROM) is None
    assert trailer(f"Merge branch 'x'\n\n{quoted}", ROLLED_BACK_FROM) is None


def test_only_the_last_paragraph_is_read_and_never_the_subject() -> None:
    subject = f"chore: roll back to a-b model ({ID})"
    assert trailer(f"{subject}\n\n{ROLLED_BACK_FROM}: {OTHER}\n\nBut no.\n", ROLLED_BACK_FROM) is None
    assert trailer("See: there\n", "See") is None
    assert trailer("See: there\nSee: here\n", "See") is None
    assert trailer("", "See") is None


def test_two_trailers_that_disagree_say_nothing() -> None:
    text = rolled_back("a-b", ID, OTHER).text()
    assert trailer(text + f"{ROLLED_BACK_FROM}: {OTHER}\n", ROLLED_BACK_FROM) == OTHER
    assert trailer(text + f"{ROLLED_BACK_FROM}: {ID}\n", ROLLED_BACK_FROM) is None


@pytest.mark.parametrize("tag", ["", "two words", f"x\n\n{ROLLED_BACK_FROM}: {OTHER}", "\x1b[31m", OTHER])
def test_a_broken_tag_is_replaced_by_the_id(tag: str) -> None:
    assert parse_subject(removed(tag, ID, "broken").subject) == Named("remove", ID, ID)


@pytest.mark.parametrize("body", ["\x00", "caf\udce9"])
def test_what_git_cannot_store_is_refused(body: str) -> None:
    with pytest.raises(UsageError, match="UTF-8"):
        added("a-b", ID, body)


def test_our_own_slips_are_bugs_and_not_the_users() -> None:
    with pytest.raises(ValueError, match="not one line"):
        CommitMessage("two\nlines")
    with pytest.raises(ValueError, match="not one line"):
        CommitMessage("one", "", (("Key", "two\nlines"),))
    with pytest.raises(ValueError, match="not a model id"):
        promoted("a-b", "nothing")
    with pytest.raises(ValueError, match="not a model id"):
        rolled_back("a-b", ID, "nothing")


def test_the_messages_about_evaluations_name_the_model() -> None:
    message = evaluated("rl-r1-i1", ID, "a bot@1")
    assert message.subject == f"test: evaluate rl-r1-i1 model ({ID}) against a-bot@1"
    assert parse_subject(message.subject) == Named("evaluate", "rl-r1-i1", ID)
    why = retracted("rl-r1-i1", ID, "the wrong book")
    assert (parse_subject(why.subject), why.body) == (Named("retract", "rl-r1-i1", ID), "the wrong book")
