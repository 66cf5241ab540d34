"""Lines that people wrote about models, and that the registry contradicts."""

from __future__ import annotations

import pytest

from git_pbm.core.registry.prose import contradictions
from git_pbm.core.registry.readme_block import outside_block

TAGS = {"65f35977": "supervised-v1", "234ebff2": "rl-r1-i1", "0badcafe": ""}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("current points to `65f35977`", "says current and names 65f35977, while rl-r1-i1 is"),
        ("The Current model: supervised-v1.", "says current and names supervised-v1, while rl-r1-i1 is"),
        ("see models/deadbeef/policy_v2.onnx", "names deadbeef, which is not in the registry"),
        ("currently supervised-v1 is trained", None),
        ("rl-r1-i1 (234ebff2) is current, a child of supervised-v1", None),
        ("supervised-v10 is current", None),
        ("12345678 games; supervised-v1 won", None),
    ],
)
def test_a_line_is_named_where_it_is_not_true(line: str, what: str | None) -> None:
    found = list(contradictions(f"# Models\n\n{line}\n", TAGS, "234ebff2"))
    assert found == ([] if what is None else [(3, what)])


def test_where_nothing_is_current_nothing_can_be_called_so() -> None:
    assert list(contradictions("current: 0badcafe", TAGS, None)) == [
        (1, "says current and names 0badcafe, while none is")
    ]


def test_the_generated_block_is_left_out_and_lines_keep_their_numbers() -> None:
    text = "a\n<!-- git-pbm:models -->\ncurrent\n<!-- /git-pbm:models -->\nb\n"
    assert outside_block(text) == "a\n\n\n\nb\n"
    assert outside_block("no block\n") == "no block\n"
