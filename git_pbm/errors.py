"""Expected trouble, as a few exception classes; exit codes are the command line's affair."""


class PbmError(Exception):
    """Something expected went wrong: one line that says what, and a hint that says what to type.

    Anything raised that is not a ``PbmError`` is a bug in git pbm.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PbmError):
    """The words on the command line are wrong: unknown model, contradicting options."""


class RefusedError(PbmError):
    """The state of the repository, of a source or of a target forbids the command; nothing was changed."""


class BusyError(RefusedError):
    """Somebody else works here (a lock is held); nothing was changed."""


class NotDeployedError(PbmError):
    """The change is committed, but the engine's folder, or the disk, could not be brought up to date."""


class UnverifiedError(PbmError):
    """The answer needs an object or a part of history that this clone does not have."""


class GitError(PbmError):
    """git itself cannot work here: no repository, unsafe ownership, a broken installation."""


class InterruptedBySignal(PbmError):
    """A signal ended the command after everything was undone; ``signum`` is the signal's number."""

    def __init__(self, signum: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.signum = signum
