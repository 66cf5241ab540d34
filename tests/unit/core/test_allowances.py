"""``.pbm.toml`` rewritten: whatever way the allowances are written in, they stay, and so does what is around them."""

from __future__ import annotations

import pytest

from git_pbm.core.documents import allowances
from git_pbm.core.documents.allowances import Allowance, AllowanceProblem

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


REFUSED = [
    ("#" * (allowances.LIMIT + 1), "longer than 1048576 characters"),
    ("a" + ".a" * 1001 + " = 1\n", "a line with more than 1000 dots"),
    ("a = " + "[" * 5000, "not TOML: nested too deep"),
    ("[[allow]\n", "not TOML: "),
    ("a = 1\nb = 1\n", "unknown key a"),
    ("allow = 5\n", "`allow` is not a list of tables: write [[allow]]"),
    ("allow = [5]\n", "[[allow]] number 1 must have exactly rule, path, found, reason"),
    (TABLES + '[[allow]]\nrule = "c"\n', "[[allow]] number 3 must have exactly rule, path, found, reason"),
    (TABLES.replace('"y"', "5"), "[[allow]] number 2: every field is text, and the reason is not empty"),
    (TABLES.replace('"why"', '" "'), "[[allow]] number 1: every field is text, and the reason is not empty"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_is_no_list_of_allowances_is_refused(text: str, message: str) -> None:
    with pytest.raises(AllowanceProblem) as refusal:
        allowances.parse(text)
    assert message in str(refusal.value)
