"""Git LFS pointers: exact text or nothing, and the digest is the content's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.lfs_pointer import (
    POINTER_LIMIT,
    LfsPointer,
    looks_like_pointer,
    parse_pointer,
    pointer_text,
)

SHA, OTHER = "ab" * 32, "cd" * 32
GOOD = pointer_text(SHA, 12345)
VERSION = b"version https://git-lfs.github.com/spec/v1\n"
END = f"oid sha256:{SHA}\nsize 5\n".encode()
HASHES = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)


def extension(order: int, name: str, sha256: str = OTHER) -> bytes:
    return f"ext-{order}-{name} sha256:{sha256}\n".encode()


def test_the_example_of_the_specification_is_read() -> None:
    sha256 = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize 12345\n".encode()
    assert parse_pointer(text) == LfsPointer(sha256, 12345)
    assert pointer_text(sha256, 12345) == text


@given(HASHES, st.integers(0, 10**18))
def test_pointers_are_read_as_they_are_written(sha256: str, size: int) -> None:
    assert parse_pointer(pointer_text(sha256, size)) == LfsPointer(sha256, size)
    assert looks_like_pointer(pointer_text(sha256, size))


BROKEN = [
    GOOD + b"\n",
    GOOD + b"x",
    GOOD[:-1],
    GOOD.replace(b"\n", b"\r\n"),
    b"\n" + GOOD,
    b"\xef\xbb\xbf" + GOOD,
    GOOD.upper(),
    GOOD.replace(b"size 12345", b"size 012345"),
    GOOD.replace(b"size 12345", b"size -1"),
    GOOD.replace(b"size 12345", b"size 1_2"),
    GOOD.replace(b"size 12345", "size ١٢".encode()),
    GOOD.replace(b"size 12345", b"size  12345"),
    GOOD.replace(b"sha256:ab", b"sha256:AB"),
    GOOD.replace(b"sha256:ab", b"sha256:"),
    GOOD.replace(b"sha256", b"md5"),
    GOOD.replace(b"spec/v1", b"spec/v2"),
    GOOD.replace(b"https://git-lfs", b"https://hawser"),
    VERSION + b"size 5\n" + f"oid sha256:{SHA}\n".encode(),
    VERSION + f"oid sha256:{SHA}\n".encode(),
    VERSION + END + END,
    END,
    VERSION,
    b"",
]


@pytest.mark.parametrize("data", BROKEN, ids=range(len(BROKEN)))
def test_what_is_almost_a_pointer_is_none(data: bytes) -> None:
    assert parse_pointer(data) is None


def test_with_extensions_the_digest_is_that_of_the_file_and_not_of_what_is_stored() -> None:
    assert parse_pointer(VERSION + extension(0, "foo") + END) == LfsPointer(OTHER, 5)
    assert parse_pointer(VERSION + extension(1, "foo") + extension(3, "bar", SHA) + END) == LfsPointer(OTHER, 5)


@pytest.mark.parametrize(
    "lines",
    [
        extension(1, "foo") + extension(0, "bar"),
        extension(0, "bar") + extension(0, "foo"),
        extension(10, "foo"),
        extension(0, ""),
        extension(0, "foo", "AB" * 32),
        b"ext-0-foo\n",
        b"xyz 1\n",
    ],
)
def test_extensions_out_of_order_or_form_make_no_pointer(lines: bytes) -> None:
    assert parse_pointer(VERSION + lines + END) is None


def test_a_pointer_is_shorter_than_its_limit() -> None:
    room = POINTER_LIMIT - len(VERSION + extension(0, "") + END)
    assert parse_pointer(VERSION + extension(0, "x" * room) + END) is None
    assert parse_pointer(VERSION + extension(0, "x" * (room - 1)) + END) == LfsPointer(OTHER, 5)


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: VERSION + tail))
def test_no_bytes_that_are_no_pointer_are_taken_for_one(data: bytes) -> None:
    assert parse_pointer(data) is None


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_one_changed_byte_never_gives_the_same_pointer(place: int, byte: int) -> None:
    changed = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
    assert (parse_pointer(changed) == LfsPointer(SHA, 12345)) == (changed == GOOD)


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (GOOD, True),
        (GOOD.replace(b"\n", b"\r\n"), True),
        (b"version https://git-lfs.github.com/spec/v9\n", True),
        (b"version https://hawser.github.com/spec/v1\n", True),
        (b"version http://git-media.io/v/2\n", True),
        (b"version 3\n", False),
        (b" " + GOOD, False),
        (b"\x08\x07\x12\x07pytorch", False),
        (b"", False),
    ],
)
def test_what_begins_like_a_pointer_is_diagnosed_as_one(data: bytes, verdict: bool) -> None:
    assert looks_like_pointer(data) is verdict
