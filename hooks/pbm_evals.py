"""``pbm-evals``: evaluations, and the policy of the gate."""

from git_pbm.cli.run_hook import verify


def main(argv: list[str]) -> int:
    """Run the hook on the tree that git is about to record; ignore the file names in ``argv``."""
    del argv
    return verify("pbm-evals")
