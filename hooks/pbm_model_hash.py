"""``pbm-model-hash``: the policy's bytes and the directory's name, digests, entries, attributes."""

from git_pbm.cli.run_hook import verify


def main(argv: list[str]) -> int:
    """Run the hook on what git is about to record; ``argv`` (file names, if any) is not looked at."""
    del argv
    return verify("pbm-model-hash")
