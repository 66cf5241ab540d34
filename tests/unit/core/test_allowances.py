"""``.pbm.toml`` rewritten: whatever way the allowances are written in, they stay, and so does what is around them."""

from __future__ import annotations

import pytest

from git_pbm.core.documents import allowances
from git_pbm.core.documents.allowances import Allowance

OLD = [Allowance("a", "models/1", "x", "why"), Allowance("b", "models/2", "y", "why")]
NEW = Allowance("c", "models/3", "z", "why")
FIELDS = [f'rule = "{one.rule}", path = "{one.path}", found = "{one.found}", reason = "why"' for one in OLD]
TABLES = "# words\n" + "".join("[[allow]]\n" + row.replace(", ", "\n") + "\n# after\n" for row in FIELDS)
INLINE = f"# words\nallow = [{', '.join(f'{{{row}}}' for row in FIELDS)}]\n"


@pytest.mark.parametrize("text", [TABLES, INLINE])
def test_allowances_are_added_and_taken_away(text: str) -> None:
    assert list(allowances.parse(allowances.with_added(text, [NEW]))) == [*OLD, NEW]
    left = allowances.without(text, lambda one: one.rule == "a")
    assert list(allowances.parse(left)) == OLD[1:]
    assert left.startswith("# words\n")
    assert allowances.parse(allowances.without(text, lambda _: True)) == ()
    assert allowances.without(text, lambda one: one.rule == "none") == text


@pytest.mark.parametrize("text", ["", "allow = []\n", "# words\n"])
def test_the_first_allowance_is_added(text: str) -> None:
    assert allowances.parse(allowances.with_added(text, [NEW])) == (NEW,)
    assert allowances.without(text, lambda _: True) == text
