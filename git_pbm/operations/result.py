"""What every operation hands back: a value that carries its exit code and knows nothing of formats."""

from __future__ import annotations

from git_pbm.errors import ExitCode, NotDeployedError


class Result:
    """What came of a command. The formats render it; they decide nothing."""

    __slots__ = ()

    @property
    def failure(self) -> NotDeployedError | None:
        """What failed after the change was made; None where all of it was done."""
        return None

    @property
    def exit_code(self) -> int:
        """What the command ends with."""
        return ExitCode.OK if self.failure is None else self.failure.exit_code

    @property
    def done(self) -> str | None:
        """What was changed, in one line for the case that nothing else can be printed; None where nothing was."""
        return None

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person is told on standard error, whatever the format."""
        return ()
