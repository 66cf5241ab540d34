"""One repository, spoken to through the git command; the only module that may import GitPython."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property

from git_pbm.errors import ErrorId, GitError
from git_pbm.gitio.program import ask_version, environment_of_git, no_git, refuse_old_git

TYPE_CHECKING = False
if TYPE_CHECKING:
    import git


_PARTS = ("--absolute-git-dir", "--git-common-dir", "--show-object-format", "--show-toplevel")
"""What is asked about a repository; the last fails in a bare one."""


class GitFailure(GitError):
    """A git command that ended with another exit status than 0; the caller may know what that means."""

    def __init__(self, argv: tuple[str, ...], status: int, stderr: str) -> None:
        message = " ".join(stderr.split()) or f"it ended with status {status}"
        super().__init__(f"git {argv[0] if argv else ''} failed: {message}", "see what is wrong: git status; git fsck")
        self.argv = argv
        self.status = status
        self.stderr = stderr


class Repository:
    """Where a repository's parts lie; all paths are absolute. ``root`` is None in a bare repository.

    ``foreign`` says whether this is another repository than the one whose hook or command we run in: then git's
    local variables (``GIT_DIR``, ``GIT_INDEX_FILE``, ...) are not meant for it.
    """

    def __init__(
        self, root: str | None, git_dir: str, common_dir: str, object_format: str = "sha1", foreign: bool = False
    ) -> None:  # no dataclass: that import costs half a start-up, and every hook and reader comes this way
        self.root = root
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.object_format = object_format
        self.foreign = foreign

    @classmethod
    def discover(cls, folder: str = ".", *, foreign: bool = False) -> Repository:
        """The repository git finds from ``folder``. Raises ``GitError``: git's own words, or that git is too old."""
        version = ask_version()
        environment = environment_of_git(os.environ, foreign=foreign)
        done = _run(("rev-parse", *_PARTS), folder, environment)
        refuse_old_git(os.fsdecode(version.communicate()[0]))
        lines = os.fsdecode(done.stdout).split("\n")
        if done.returncode != 0 and len(lines) < len(_PARTS):
            raise _undiscovered(os.fsdecode(done.stderr).strip(), folder, environment)
        if len(lines) > len(_PARTS) + 1:  # a path with a line break: each has to be asked for by itself
            answers = (_run(("rev-parse", part), folder, environment).stdout for part in _PARTS)
            lines = [os.fsdecode(answer).removesuffix("\n") for answer in answers]
        git_dir, common, object_format, root = lines[: len(_PARTS)]
        common_dir = os.path.realpath(os.path.join(folder, common))
        return cls(root if done.returncode == 0 else None, git_dir, common_dir, object_format, foreign)

    # -- asking, without any lock and without GitPython: hooks and readers start fast

    @property
    def folder(self) -> str:
        """Where git commands run: the top of the work tree, or the git folder of a bare repository."""
        return self.root or self.git_dir

    def run(self, *argv: str, stdin: bytes | None = None, environment: Mapping[str, str] | None = None) -> bytes:
        """What a reading git command prints. Raises :class:`GitFailure`."""
        done = _run(argv, self.folder, self.environment(environment), stdin)
        if done.returncode != 0:
            raise GitFailure(tuple(argv), done.returncode, os.fsdecode(done.stderr))
        return done.stdout

    def try_run(self, *argv: str, environment: Mapping[str, str] | None = None) -> bytes | None:
        """What a reading git command prints, or None where it fails."""
        try:
            return self.run(*argv, environment=environment)
        except GitFailure:
            return None

    def run_text(self, *argv: str) -> str:
        """One line (or some) of text that a reading git command prints, without the final newline."""
        return os.fsdecode(self.run(*argv)).rstrip("\n")

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The inherited environment as our git commands get it; ``more`` is laid over it."""
        return {**environment_of_git(os.environ, foreign=self.foreign), **(more or {})}

    def stream(self, *argv: str) -> subprocess.Popen[bytes]:
        """A reading git command with pipes on both sides, for batches."""
        return subprocess.Popen(
            ["git", *argv],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    # -- questions that several rooms ask

    def commit_id(self, revision: str) -> str | None:
        """The commit that ``revision`` names, or None."""
        found = self.try_run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return os.fsdecode(found).strip() if found else None

    def head(self) -> str | None:
        """The commit HEAD names now; None on an unborn branch."""
        return self.commit_id("HEAD")

    def config(self, key: str) -> str | None:
        """The value of a configuration key, as git sees it (``-c`` and the environment included)."""
        found = self.try_run("config", "--get", "-z", key)
        return os.fsdecode(found).rstrip("\0") if found is not None else None

    def config_path(self, key: str) -> str | None:
        """A configured path, ``~`` expanded and made absolute from the top of the work tree."""
        value = self.settings.get(key.lower(), [None])[-1]
        if value is None:
            return None
        if value.startswith(("~", "%(", ":(")):  # spelled so that git must expand it
            found = self.try_run("config", "--get", "-z", "--type=path", key)
            if found is None:
                return None
            value = os.fsdecode(found).rstrip("\0")
        return os.path.normpath(os.path.join(self.folder, value))

    def config_flag(self, key: str, default: bool) -> bool:
        """A configured boolean, by git's spelling of booleans (git-config(1))."""
        values = self.settings.get(key.lower())
        if not values:
            return default
        return values[-1] is None or values[-1].lower() in ("true", "yes", "on", "1")

    @cached_property
    def settings(self) -> Mapping[str, list[str | None]]:
        """The whole configuration from one git process: values by lower-case key, None for a key without one."""
        found: dict[str, list[str | None]] = {}
        for row in os.fsdecode(self.try_run("config", "--list", "-z") or b"").split("\0"):
            key, newline, value = row.partition("\n")
            if key:
                found.setdefault(key.lower(), []).append(value if newline else None)
        return found

    @property
    def index_path(self) -> str:
        """The index that git would use now: ``GIT_INDEX_FILE`` as inherited, else the repository's own."""
        inherited = os.environ.get("GIT_INDEX_FILE")
        if inherited and not self.foreign:
            return os.path.join(self.folder, inherited)
        return os.path.join(self.git_dir, "index")

    @property
    def own_folder(self) -> str:
        """Where git pbm keeps what belongs to this repository (all its work trees)."""
        return os.path.join(self.common_dir, "pbm")

    @property
    def worktree_folder(self) -> str:
        """Where git pbm keeps what belongs to this work tree alone."""
        return os.path.join(self.git_dir, "pbm")

    @property
    def journal_path(self) -> str:
        """Where the journal of a work tree's unfinished command is."""
        return os.path.join(self.worktree_folder, "journal.json")

    # -- GitPython, for the commands that change or read history

    @cached_property
    def python(self) -> git.Git:
        """git through GitPython; imported here, because the import costs eight start-ups.

        Not ``git.Repo``, which looks for the repository by rules of its own: it cannot find one that
        ``GIT_DIR`` and ``GIT_WORK_TREE`` name.
        """
        import git

        return git.Git(self.folder)

    def history(self, *argv: str) -> bytes:
        """What a git command that reads history prints (through GitPython). Raises :class:`GitFailure`."""
        if self.foreign:
            return self.run(*argv)
        import git

        try:
            out = self.python.execute(
                ["git", *argv],
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                with_exceptions=True,
                env=environment_of_git(os.environ),
            )
        except git.GitCommandError as error:
            status = error.status if isinstance(error.status, int) else 128
            raise GitFailure(tuple(argv), status, str(error.stderr)) from error
        return out if isinstance(out, bytes) else bytes(str(out), "utf-8", "surrogateescape")


def _run(
    argv: Sequence[str], folder: str, environment: Mapping[str, str], stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", *argv],
            cwd=folder,
            env=environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise no_git() from error


def _undiscovered(message: str, folder: str, environment: Mapping[str, str]) -> GitError:
    """Return why git found no repository, in its own words; they are asked for in English to tell what they mean."""
    reason = message.partition("\n")[0].removeprefix("fatal: ") or "git failed here"
    if "safe.directory" in message:
        return GitError(reason, " ".join(message.splitlines()[-1].split()))
    in_english = _run(("rev-parse", "--git-dir"), folder, {**environment, "LC_ALL": "C"}).stderr
    if b"not a git repository" in in_english:
        hint = "go to your models repository, or make one: git init && git pbm init"
        return GitError(reason, hint, error_id=ErrorId.NOT_A_REPOSITORY)
    return GitError(reason)
