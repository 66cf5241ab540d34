"""The whole command set, as it is let loose on every case; upper-case words stand for ids and folders."""

from __future__ import annotations

READING = (
    "check",
    "check --staged",
    "check --rev HEAD",
    "check --range HEAD~1..HEAD",
    "check --rehash",
    "check --json",
    "check --rev HEAD --format github",
    "hook pbm-verify",
    "hook pbm-model-hash",
    "hook pbm-metadata",
    "hook pbm-registry",
    "hook pbm-current",
    "hook pbm-onnx",
    "hook pbm-message .git/COMMIT_EDITMSG",
    "list",
    "list --json",
    "list --columns tag,notes,aaa,parent --sort -kl",
    "list --where tag=supervised-v1",
    "show current",
    "show FIRST",
    "show SECOND --json",
    "lineage",
    "lineage --format mermaid",
    "lineage --json",
    "history",
    "history --json",
    "history --at 2026-02-20",
    "diff FIRST SECOND",
    "diff FIRST SECOND --json",
    "path current",
    "path FIRST --policy",
    "which models",
    "which models/THIRD",
    "which ../runs/0",
    "which . --json",
    "status",
    "status --json",
    "repair",
    "repair --json",
    "deploy --check --to ../engine",
    "complete promote s",
    "complete promote ''",
    "explain current-resolves",
    "completion bash",
    "promote FIRST --dry-run",
    "add ../runs/4/policy_v2.onnx --tag supervised-v9 --dry-run",
)
CHANGING = (
    "repair --apply",
    "promote FIRST",
    "promote FIRST --no-commit",
    "add ../runs/4/policy_v2.onnx ../runs/4/value_v2.onnx --tag rl-r9-i9",
    "add ../runs/4/policy_v2.onnx --tag supervised-v9 --no-commit",
    "annotate FIRST --notes words",
    "annotate current --kl 0.5",
    "remove THIRD --why not-needed",
    "rollback",
    "undo",
    "retag THIRD supervised-v8",
    "deploy --to ../engine",
    "deploy FIRST --to ../engine --force",
    "init --no-hooks",
    "init --adopt --no-hooks",
    "resolve",
    "resolve --current FIRST",
)


def words_of(line: str, ids: tuple[str, ...]) -> list[str]:
    """The words of a line, with a registry's ids in their places."""
    for name, model_id in zip(("FIRST", "SECOND", "THIRD"), ids, strict=True):
        line = line.replace(name, model_id)
    return line.replace("''", "").split(" ")
