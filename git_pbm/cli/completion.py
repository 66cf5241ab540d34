"""The options of ``git pbm completion``."""

from __future__ import annotations

import argparse

from git_pbm.operations.setup.completion import FILES, CompletionResult, completion

EXAMPLES = """\
  git pbm completion bash >~/.local/share/bash-completion/completions/git-pbm
  git pbm completion zsh >~/.zfunc/_git-pbm           a folder of $fpath
  git pbm completion fish >~/.config/fish/conf.d/git-pbm.fish"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=list(FILES), help="bash, fish or zsh")


def run(args: argparse.Namespace) -> CompletionResult:
    return completion(args.shell)
