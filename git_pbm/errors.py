"""Expected errors, as a few exception classes, each with its exit code."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """Every exit status of git pbm; a signal other than SIGPIPE ends it with :func:`exit_code_of_signal`."""

    OK = 0
    FINDINGS = 1
    """Findings, an unknown file, work for repair or resolve, or a merge conflict."""
    USAGE = 2
    UNVERIFIED = 3
    """No error was found, but this clone lacks objects that could contain one."""
    REFUSED = 4
    """Refused or busy; nothing was changed."""
    NOT_DEPLOYED = 5
    """Done, but the deployment, the disk or the report of it failed."""
    UNDECIDED = 6
    """The gate says neither yes nor no: play on."""
    BUG = 70
    """EX_SOFTWARE of sysexits(3)."""
    GIT_UNUSABLE = 128
    """The exit status of git's own fatal errors."""
    BROKEN_PIPE = 141
    """As if ended by SIGPIPE: the reader of the output ended first."""


def exit_code_of_signal(signum: int) -> int:
    """Return the exit status that a shell gives a command which a signal ended."""
    return 128 + signum


class ErrorId(StrEnum):
    """The name of a situation that programs tell from others; docs/reference/errors.md says what each one means."""

    INVALID_ARGUMENTS = "invalid-arguments"
    UNKNOWN_MODEL = "unknown-model"
    MODEL_REMOVED = "model-removed"
    AMBIGUOUS_MODEL = "ambiguous-model"
    UNKNOWN_REVISION = "unknown-revision"
    NO_SUCH_FILE = "no-such-file"
    UNUSABLE_METRICS = "unusable-metrics"
    UNUSABLE_RESULTS = "unusable-results"
    UNKNOWN_EVALUATION = "unknown-evaluation"
    NO_GATE = "no-gate"
    GATE_NOT_MET = "gate-not-met"
    UNUSABLE_SOURCE = "unusable-source"
    SOURCE_CHANGING = "source-changing"
    TAG_IN_USE = "tag-in-use"
    MODEL_EXISTS = "model-exists"
    MODEL_CONFLICTS = "model-conflicts"
    MODEL_IN_USE = "model-in-use"
    WRONG_FILES = "wrong-files"
    RULES_VIOLATED = "rules-violated"
    NO_REGISTRY = "no-registry"
    NOT_ADOPTABLE = "not-adoptable"
    NO_ENGINE_FOLDER = "no-engine-folder"
    FOREIGN_FILE = "foreign-file"
    CONTENT_MISSING = "content-missing"
    CONTENT_DAMAGED = "content-damaged"
    HISTORY_INCOMPLETE = "history-incomplete"
    OPERATION_IN_PROGRESS = "operation-in-progress"
    MERGE_CONFLICT = "merge-conflict"
    NOTHING_TO_DO = "nothing-to-do"
    NOT_UNDOABLE = "not-undoable"
    UNCOMMITTED_CHANGES = "uncommitted-changes"
    PATH_IN_THE_WAY = "path-in-the-way"
    COMMIT_REFUSED = "commit-refused"
    NO_IDENTITY = "no-identity"
    BYTES_CONVERTED = "bytes-converted"
    LFS_UNUSABLE = "lfs-unusable"
    REMOTE_FAILED = "remote-failed"
    NOT_UNDONE = "not-undone"
    SYSTEM_ERROR = "system-error"
    BUSY = "busy"
    NOT_DEPLOYED = "not-deployed"
    NOT_FINISHED = "not-finished"
    NOT_PRINTED = "not-printed"
    NOT_A_REPOSITORY = "not-a-repository"
    NO_WORK_TREE = "no-work-tree"
    GIT_FAILED = "git-failed"
    GIT_UNUSABLE = "git-unusable"
    BUG = "bug"


RETRYABLE = frozenset((ErrorId.BUSY, ErrorId.SOURCE_CHANGING))
"""Where the same command may succeed a moment later, with nobody changing anything for it."""


class PbmError(Exception):
    """An expected error: one line that says what went wrong, and a hint that says what to type.

    Anything raised that is not a ``PbmError`` is a bug in git pbm.
    """

    exit_code: int = ExitCode.BUG
    error_id: ErrorId | None = ErrorId.BUG
    """None for a signal alone."""

    def __init__(self, message: str, hint: str = "", *, error_id: ErrorId | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if error_id is not None:
            self.error_id = error_id


class UsageError(PbmError):
    """The arguments are invalid: an unknown model, options that contradict each other."""

    exit_code = ExitCode.USAGE
    error_id = ErrorId.INVALID_ARGUMENTS


class RefusedError(PbmError):
    """The state of the repository, of a source or of a target forbids the command; nothing was changed."""

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, hint: str = "", *, error_id: ErrorId) -> None:
        super().__init__(message, hint, error_id=error_id)


class BusyError(RefusedError):
    """Another process holds the lock; nothing was changed."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint, error_id=ErrorId.BUSY)


class NotDeployedError(PbmError):
    """The change is committed, but the engine's folder, or the disk, could not be brought up to date."""

    exit_code = ExitCode.NOT_DEPLOYED
    error_id = ErrorId.NOT_DEPLOYED


class NotPrintedError(PbmError):
    """Something was changed, and standard output does not take the words that say so."""

    exit_code = ExitCode.NOT_DEPLOYED
    error_id = ErrorId.NOT_PRINTED


class UnverifiedError(PbmError):
    """The answer needs an object or a part of history that this clone does not have."""

    exit_code = ExitCode.UNVERIFIED

    def __init__(self, message: str, hint: str = "", *, error_id: ErrorId) -> None:
        super().__init__(message, hint, error_id=error_id)


class GitError(PbmError):
    """git itself cannot work here: no repository, unsafe ownership, a broken installation."""

    exit_code = ExitCode.GIT_UNUSABLE
    error_id = ErrorId.GIT_FAILED


class InterruptedBySignal(PbmError):
    """A signal ended the command after everything was undone; ``signum`` is the signal's number."""

    error_id = None

    def __init__(self, signum: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.signum = signum
        self.exit_code = exit_code_of_signal(signum)
