"""The page of the rules, from their docstrings: ``python -m tests.support.rules_page > docs/reference/rules.md``."""

from __future__ import annotations

from git_pbm.core.rules.table import EVERY_RULE

HEAD = """\
# Rules

What `git pbm check` and the hooks hold a registry to. `git pbm explain RULE` prints the same text. A finding is one
line: `path: rule: what was found -> what to type`.

Every rule looks at bytes, never at time stamps, and says nothing where it has nothing to judge: one mistake gives one
finding.
"""


def rules_page() -> str:
    """The whole page."""
    parts = [HEAD]
    hook = ""
    for rule in EVERY_RULE:
        if rule.hook != hook:
            hook = rule.hook
            also = " (commit-msg), and `git pbm check --range A..B`" if hook == "pbm-message" else ""
            parts.append(f"\n## Hook `{hook}`{also}\n")
        weight = "" if rule.severity.value == "error" else "\n*A warning: it never changes an exit code.*\n"
        parts.append(f"\n### {rule.slug}\n{weight}\n{rule.explanation}\n")
    return "".join(parts)


if __name__ == "__main__":
    print(rules_page(), end="")
