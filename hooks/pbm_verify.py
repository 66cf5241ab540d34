"""``pbm-verify``: every rule, in one process: the recommended hook."""

from git_pbm.cli.run_hook import verify


def main(argv: list[str]) -> int:
    """Run the hook on what git is about to record; ``argv`` (file names, if any) is not looked at."""
    del argv
    return verify("pbm-verify")
