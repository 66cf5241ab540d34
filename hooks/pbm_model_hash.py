"""``pbm-model-hash``: the policy's bytes and the directory's name, digests, entries, attributes."""

from git_pbm.cli.run_hook import verify


def main(argv: list[str]) -> int:
    """Run the hook on the tree that git is about to record; ignore the file names in ``argv``."""
    del argv
    return verify("pbm-model-hash")
