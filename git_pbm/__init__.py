"""A git-native registry for neural-network models; ``open_registry`` is the door for Python programs."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing says it; the import of typing costs a third of a start-up
if TYPE_CHECKING:
    from git_pbm.api import ModelView, RegistryView, open_registry

__version__ = "0.1.0.dev0"
__all__ = ["ModelView", "RegistryView", "__version__", "open_registry"]


def __getattr__(name: str) -> object:
    """The API is imported when it is asked for: hooks and commands start without it."""
    if name in ("ModelView", "RegistryView", "open_registry"):
        from git_pbm import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
