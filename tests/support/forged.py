"""Two different valid policies with the same first 8 hex digits of their SHA-256, found by a birthday search.

Anyone can make such a pair in a second: 2^17 variants of a free text field are enough.
"""

from __future__ import annotations

from tests.support.networks import policy_bytes

_PARAMETERS, _COUNTERS = 2000, (b"14949", b"71942")
_PRODUCER_VERSION = 0x1A
"""The protobuf key of ``ModelProto.producer_version``: field 3, length-delimited."""


def forged_pair() -> tuple[bytes, bytes]:
    """The two policies; they differ in their producer's version alone."""
    first, second = (
        policy_bytes(_PARAMETERS, 0) + bytes([_PRODUCER_VERSION, len(counter)]) + counter for counter in _COUNTERS
    )
    return first, second
