"""What people wrote about models outside the generated blocks, and that the registry contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_CURRENT = re.compile(r"\bcurrent\b", re.IGNORECASE)
_WORD = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z](?:[0-9A-Za-z._-]*[0-9A-Za-z])?(?![0-9A-Za-z])")
_ID = re.compile(r"[0-9a-f]{8}")


def contradictions(text: str, tags: Mapping[str, str], current: str | None) -> Iterator[tuple[int, str]]:
    """Yield the number of each line (from 1) that names a model that is gone, or one as current that is not, and why.

    ``tags`` are those of all models by id, empty where a model has none; ``current`` is the current model's id.
    """
    models = {**{tag: model_id for model_id, tag in tags.items() if tag}, **{model_id: model_id for model_id in tags}}
    for number, line in enumerate(text.splitlines(), 1):
        words = _WORD.findall(line)
        gone = [word for word in words if _ID.fullmatch(word) and word not in models and not word.isdigit()]
        named = {word: models[word] for word in words if word in models}
        if gone:
            yield number, f"names {gone[0]}, which is not in the registry"
        elif named and _CURRENT.search(line) and current not in named.values():
            now = f"{tags.get(current) or current} is" if current is not None else "none is"
            yield number, f"says current and names {next(iter(named))}, while {now}"
