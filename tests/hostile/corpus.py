"""The whole corpus."""

from __future__ import annotations

from tests.hostile import cases_documents, cases_files, cases_networks, cases_trees, cases_worktree

CASES = (
    *cases_documents.cases(),
    *cases_networks.cases(),
    *cases_worktree.cases(),
    *cases_files.cases(),
    *cases_trees.cases(),
)
