"""The whole corpus."""

from __future__ import annotations

from tests.robustness.hostile import cases_documents, cases_files, cases_networks, cases_trees, cases_worktree

FAMILIES = {
    "JSON documents": cases_documents.cases(),
    "networks": cases_networks.cases(),
    "names and links": cases_worktree.cases(),
    "READMEs and configs": cases_files.cases(),
    "trees of git": cases_trees.cases(),
}
CASES = tuple(case for family in FAMILIES.values() for case in family)


def family_of(wanted: str) -> str:
    """The family of the case with a name."""
    return next(family for family, cases in FAMILIES.items() if any(case.name == wanted for case in cases))
