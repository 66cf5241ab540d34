"""Two valid policies of different weights with the same first 8 hex digits of their SHA-256.

Anyone can make such a pair: 2^18 variants of a free text field in each are searched in under a second.
"""

from __future__ import annotations

from tests.support.tiny import field, tiny_policy

_WEIGHTS = 2000
_SEEDS_AND_COUNTERS = ((1, "2848"), (2, "8090"))
_PRODUCER_VERSION = 3
"""Its field number in ``ModelProto``."""


def forged_pair() -> tuple[bytes, bytes]:
    """The two policies; their free field is their producer's version."""
    first, second = (
        tiny_policy(seed, weights=_WEIGHTS) + field(_PRODUCER_VERSION, counter) for seed, counter in _SEEDS_AND_COUNTERS
    )
    return first, second
