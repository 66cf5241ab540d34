"""READMEs, allowances, attributes and settings."""

from __future__ import annotations

from tests.robustness.hostile.case import TRICK, Case, Spoil, text
from tests.robustness.hostile.place import Place

BEGIN, END = "<!-- git-pbm:models -->", "<!-- /git-pbm:models -->"


def _readmes() -> list[Case]:
    texts: dict[str, str | bytes] = {
        "nested markers": f"{BEGIN}\n{BEGIN}\n{END}\n{END}\n",
        "an unclosed marker": f"{BEGIN}\n",
        "markers in the wrong order": f"{END}\n{BEGIN}\n",
        "100,000 markers": f"{BEGIN}\n{END}\n" * 100_000,
        "no UTF-8 around the block": b"\xff\xfe\n" + f"{BEGIN}\n{END}".encode() + b"\xff",
        "a NUL": f"\0{BEGIN}\n{END}\0",
        "40 MiB of text": b"x" * (40 << 20) + f"\n{BEGIN}\n{END}\n".encode(),
        "only carriage returns": f"a\r{BEGIN}\r{END}\r",
    }
    return [Case(f"README.md with {name}", text("README.md", content)) for name, content in texts.items()]


def _configs() -> list[Case]:
    allow = '[[allow]]\nrule = "{0}"\npath = "{0}"\nfound = "{0}"\nreason = "{0}"\n'
    tomls: dict[str, str | bytes] = {
        "no TOML": "[[[",
        "no UTF-8": b'x = "\xff"\n',
        "5,000 digits": "x = " + "1" * 5000 + "\n",
        "a hex number of 5,000 digits": "x = 0x" + "f" * 5000 + "\n",
        "a date that is none": "x = 2026-02-31\n",
        "a year of none": "x = 0000-01-01T00:00:00Z\n",
        "1e999": "x = 1e999\n",
        "depth 100,000": "x = " + "[" * 100_000 + "\n",
        "tables 20,000 deep": "x = " + "{a = " * 20_000 + "\n",
        "a dotted key of 20,000 parts": "a" + ".a" * 20_000 + " = 1\n",
        "200,000 tables": "[a]\n[a.b]\n" + "".join(f"[a.b{n}]\n" for n in range(200_000)),
        "1,000 allowances": "".join(allow.format(f"x{n}") for n in range(1_000)),
        "an engine": '[pbm]\nengine = "/tmp/owned"\n',
        "an unknown key of escape sequences": '"\\u001b[2J\\u202e" = 1\n',
        "allowances of escape sequences": allow.format("\\u001b[2J\\u202e::error::owned"),
        "a BOM": b"\xef\xbb\xbfx = 1\n",
        "8 MiB of text": "# " + "x" * (8 << 20) + "\n",
    }
    finds = "allowances-are-used"
    cases = [Case(f".pbm.toml with {name}", text(".pbm.toml", content), finds) for name, content in tomls.items()]
    attributes = {
        "filters that nobody configured": "* filter=owned diff=owned merge=owned\n*.onnx filter=lfs\n",
        "an encoding of the work tree": "*.json working-tree-encoding=UTF-16\nregistry.json text eol=crlf\n",
        "ident and export": "* ident export-subst text=auto\n",
        "macros": "[attr]binary -text\n[attr]evil filter=x\n* evil binary\n",
        "lines of 1 MB": "models/" + "*" * 1_000_000 + " -text\n",
    }
    cases += [
        Case(f".gitattributes with {name}", text(".gitattributes", content)) for name, content in attributes.items()
    ]
    gits = {
        "pbm.engine in a tracked .gitconfig": (".gitconfig", "[pbm]\n\tengine = /tmp/owned\n"),
        "a .lfsconfig": (".lfsconfig", "[lfs]\n\turl = https://127.0.0.1:1/owned\n"),
        "a .gitmodules": (".gitmodules", '[submodule "x"]\n\tpath = models\n\turl = ext::sh -c touch% owned\n'),
        "a .mailmap": (".mailmap", f"{TRICK} <x@example.com> <trainer@example.com>\n"),
        "hooks of pre-commit": (
            ".pre-commit-config.yaml",
            "repos: [{repo: local, hooks: [{id: x, name: x, language: system, entry: touch owned}]}]\n",
        ),
        "a module named like ours": ("git_pbm/__init__.py", "raise SystemExit(77)\n"),
        "modules of the standard library": ("json.py", "raise SystemExit(77)\n"),
        "a .gitignore of everything": (".gitignore", "*\n"),
    }
    cases += [Case(name, text(path, content)) for name, (path, content) in gits.items()]
    return cases


def _own_config(*settings: tuple[str, str]) -> Spoil:
    def spoil(place: Place) -> None:
        for key, value in settings:
            place.git("config", key, value)

    return spoil


def _git_settings() -> list[Case]:
    """Strange settings of the repository's own git config; no clone carries them, but people have them."""
    settings = {
        "core.quotePath and precompose": (("core.quotePath", "true"), ("core.precomposeUnicode", "true")),
        "core.symlinks off": (("core.symlinks", "false"),),
        "core.fileMode off": (("core.fileMode", "false"),),
        "core.ignoreCase": (("core.ignoreCase", "true"),),
        "core.autocrlf": (("core.autocrlf", "true"), ("core.safecrlf", "true")),
        "log settings": (("log.showSignature", "true"), ("log.date", "relative"), ("format.pretty", "oneline")),
        "log.follow": (("log.follow", "true"), ("diff.renames", "copies"), ("diff.noprefix", "true")),
        "status settings": (("status.short", "true"), ("status.branch", "true"), ("status.showUntrackedFiles", "no")),
        "colours": (("color.ui", "always"), ("color.pbm", "always")),
        "column output": (("column.ui", "always"), ("pager.log", "cat")),
        "an engine that is a device": (("pbm.engine", "/dev/null"),),
        "an engine inside the registry": (("pbm.engine", "models"),),
        "an engine with escape sequences": (("pbm.engine", "../\x1b[2J\u202e"),),
        "a registry that is not there": (("pbm.registry", "/nonexistent/\x1b[2J"),),
        "a commit encoding": (("i18n.logOutputEncoding", "UTF-16"), ("i18n.commitEncoding", "latin1")),
        "objects of another compression": (("core.compression", "0"), ("core.bigFileThreshold", "1")),
        "a limit on trees": (("pack.depth", "1"), ("core.checkStat", "minimal"), ("core.trustctime", "false")),
        "index settings": (("index.version", "4"), ("core.splitIndex", "true"), ("core.untrackedCache", "true")),
    }
    return [Case(f"git config with {name}", _own_config(*pairs)) for name, pairs in settings.items()]


def cases() -> list[Case]:
    """All of them."""
    return [*_readmes(), *_configs(), *_git_settings()]
