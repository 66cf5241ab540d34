"""``pbm-message``: the commit-msg hook: a commit names the models that it adds, promotes or removes."""

from git_pbm.cli.run_hook import verify_message


def main(argv: list[str]) -> int:
    """Run the hook; ``argv[0]`` is the file that holds the message."""
    return verify_message(argv)
