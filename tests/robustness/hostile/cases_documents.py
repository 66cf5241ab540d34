"""JSON that parsers differ on, and fields that lie."""

from __future__ import annotations

import json

from tests.robustness.hostile.case import LINE_TRICK, TRICK, Case, Spoil, each, fields, metadata, registry

DOCUMENTS: dict[str, str | bytes] = {
    "empty": b"",
    "a NUL": b"\0",
    "a BOM": b"\xef\xbb\xbf{}",
    "UTF-16": '{"current": null}'.encode("utf-16"),
    "UTF-32": "{}".encode("utf-32-le"),
    "Latin-1": b'{"tag": "\xe4"}',
    "overlong UTF-8": b'{"tag": "\xc0\xaf"}',
    "CESU-8": b'{"tag": "\xed\xa0\x80\xed\xb0\x80"}',
    "NaN": '{"kl": NaN}',
    "-Infinity": '{"kl": -Infinity}',
    "1e999": '{"kl": 1e999}',
    "5,000 digits": '{"round": ' + "1" * 5000 + "}",
    "a float of 100,000 digits": '{"kl": 0.' + "1" * 100_000 + "}",
    "depth 100,000": "[" * 100_000,
    "closed depth 100,000": "[" * 100_000 + "]" * 100_000,
    "objects 100,000 deep": '{"a":' * 100_000,
    "repeated keys": '{"tag": "a", "tag": "b"}',
    "escaped repeated keys": '{"tag": "a", "t\\u0061g": "b"}',
    "a lone surrogate": '{"tag": "\\ud800", "notes": "\\udfff"}',
    "a comment": '{"tag": "a" /* no */}',
    "a trailing comma": '{"tag": "a",}',
    "two documents": "{}{}",
    "only null": "null",
    "only a list": "[]",
    "only a number": "1",
    "prototype": '{"__proto__": {"a": 1}, "constructor": 1, "hash": {"$ref": "file:///etc/passwd"}}',
    "wrong types everywhere": json.dumps(
        {
            name: [{"x": [None, True, 1.5]}]
            for name in (
                "hash",
                "created",
                "training",
                "tag",
                "params",
                "parent",
                "round",
                "files",
                "current",
                "models",
            )
        }
    ),
    "an escape sequence in a key": json.dumps({TRICK: TRICK, "current": TRICK, "models": {TRICK: {"tag": TRICK}}}),
    "JSON in HTML": "<!doctype html><script>alert(1)</script>",
    "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n",
    "a merge conflict": '<<<<<<< HEAD\n{"current": null}\n=======\n{}\n>>>>>>> other\n',
    "2 MiB of braces": b"{}" * (1 << 20),
    "70 MB of braces": b"[" + b"{}," * 24_000_000 + b"{}]",
    "a string of 3 MiB": b'{"notes": "' + b"a" * (3 << 20) + b'"}',
}

STALE_NUMBERS: dict[str, object] = {"inf": 1e308, "neg": -1e308, "digits": 10**31, "bool": True}


def _documents() -> list[Case]:
    cases = []
    for name, content in DOCUMENTS.items():
        if name != "a string of 3 MiB":
            cases.append(Case(f"registry.json is {name}", registry(content)))
        if len(content) < 4 << 20:
            cases.append(Case(f"metadata.json is {name}", metadata(content)))
    return cases


def _fields() -> list[Case]:
    tricks: dict[str, tuple[Spoil, str | None]] = {
        "free text with escape sequences": (fields(0, notes=TRICK, **{TRICK: TRICK}), None),
        "a workflow command as notes": (fields(0, notes=LINE_TRICK, aaa=LINE_TRICK), None),
        "a tag with escape sequences": (fields(0, tag=TRICK), "metadata-matches-schema"),
        "a tag that is a workflow command": (fields(0, tag=LINE_TRICK), "metadata-matches-schema"),
        "a tag that is a workflow command of the old kind": (fields(0, tag="##[error]x"), "metadata-matches-schema"),
        "a tag like an option": (fields(0, tag="--force"), "metadata-matches-schema"),
        "a tag with a trailer": (fields(0, tag="a\n\nRolled-back-from: 00000000"), "metadata-matches-schema"),
        "a parent that is a path": (fields(0, parent="../../etc"), "metadata-matches-schema"),
        "a parent that is a trick": (fields(1, parent=TRICK), "metadata-matches-schema"),
        "a parent in upper case": (fields(1, parent="ABCDEF01"), "metadata-matches-schema"),
        "its own parent": (lambda p: fields(0, parent=p.ids[0])(p), "lineage-is-a-forest"),
        "a circle of parents": (lambda p: fields(0, parent=p.ids[1])(p), "lineage-is-a-forest"),
        "files that are paths": (
            fields(0, files={"../../registry.json": {"sha256": "0" * 64, "size": 1}}),
            "metadata-matches-schema",
        ),
        "files that are tricks": (fields(0, files={TRICK: {"sha256": TRICK, TRICK: 1}}), "metadata-matches-schema"),
        "metrics at the edge of numbers": (
            each(fields(0, best_loss=1e308, kl=1e308), fields(1, best_loss=-1e308, kl=0)),
            None,
        ),
        "metrics of 31 digits": (fields(0, best_loss=10**31, best_epoch=10**31), None),
        "metrics that are true": (fields(0, best_loss=True, best_epoch=False), "metadata-matches-schema"),
        "a date that is none": (fields(0, created="2026-02-31"), "metadata-matches-schema"),
        "a date with a newline": (fields(0, created="2026-02-03\n"), "metadata-matches-schema"),
        "a date in Arabic digits": (fields(0, created="٢٠٢٦-٠٢-٠٣"), "metadata-matches-schema"),
        "a hash with a newline": (fields(0, hash="0" * 64 + "\n"), "metadata-matches-schema"),
        "params of a million digits": (fields(0, params="9" * 999_000 + "M"), None),
        "30,000 unknown fields": (fields(0, **{f"x{n}": n for n in range(30_000)}), None),
    }
    cases = [Case(f"metadata with {name}", spoil, finds) for name, (spoil, finds) in tricks.items()]
    for name, current in {
        "a path": "../../../etc",
        "absolute": "/etc",
        "upper case": "ABCDEF01",
        "a newline": "00000000\n",
        "a slash": "00000000/",
        "a trick": TRICK,
        "a number": 12345678,
        "empty": "",
    }.items():
        cases.append(
            Case(
                f"registry's current is {name}",
                lambda p, c=current: p.edit("registry.json", lambda d: d.update(current=c)),  # type: ignore[misc]
                "registry-matches-schema",
            )
        )
    for name, key in {"..": "..", "a path": "../x", "a trick": TRICK, "upper case": "ABCDEF01", "empty": ""}.items():
        entry = {"tag": "x", "date": "2026-02-01", "training": "supervised"}
        cases.append(
            Case(
                f"registry lists a model named {name}",
                lambda p, k=key, e=entry: p.edit("registry.json", lambda d: d["models"].update({k: e})),  # type: ignore[misc]
                "registry-matches-schema",
            )
        )
    return cases


def cases() -> list[Case]:
    """All of them."""
    return [*_documents(), *_fields()]
