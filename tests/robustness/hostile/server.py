"""Runs commands of git pbm, each in a process of its own under limits: forked from one that has imported everything.

It reads one JSON object a line (folder, words, environment, out, err, seconds) and answers with one.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
import time
from collections.abc import Mapping

MEMORY = 512 << 20
"""Bytes of address space for the command and for each git that it starts."""
PREPARED = (
    "git_pbm.cli",
    "git_pbm.operations",
    "git_pbm.report",
    "git_pbm.deployment",
    "git_pbm.transaction",
    "git_pbm.snapshots",
    "git_pbm.gitio",
    "git_pbm.fs",
    "git_pbm.core",
    "jsonschema",
    "git",
)


def _import_all() -> None:
    for name in PREPARED:
        package = importlib.import_module(name)
        if name.startswith("git_pbm."):
            for module in pkgutil.walk_packages(package.__path__, f"{name}."):
                importlib.import_module(module.name)
    from git_pbm.core.documents import schema

    schema.problems({}, schema.load("metadata.schema.json"))


def _become(order: Mapping[str, object], environment: Mapping[str, str]) -> int:
    """In the child: the limits, the place, the streams, and then the command."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(str(order["folder"]))
    os.environ.clear()
    os.environ.update(environment)
    for number, name in ((1, "out"), (2, "err")):
        descriptor = os.open(str(order[name]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    encoding = environment.get("PYTHONIOENCODING", "utf-8:strict")
    name, _, errors = encoding.partition(":")
    sys.stdout = open(1, "w", encoding=name, errors=errors or "strict", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding=name, errors="backslashreplace", closefd=False)  # noqa: SIM115
    words = order["words"]
    assert isinstance(words, list)
    argv = [os.fsdecode(bytes.fromhex(word)) for word in words]
    if argv[:1] == ["hook"]:
        from git_pbm.cli import hook

        status = hook.main(argv[1:])
    else:
        from git_pbm.cli import main

        status = main(argv)
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _run(order: Mapping[str, object]) -> dict[str, object]:
    environment = order["environment"]
    assert isinstance(environment, dict)
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        status = 99
        try:
            os.setsid()
            status = _become(order, environment)
        except BaseException as error:  # a SystemExit is as wrong here as anything else that main lets out
            os.write(2, f"Traceback out of main: {error!r}\n".encode())
        finally:
            os._exit(status)
    hung = False

    def kill(*_: object) -> None:
        nonlocal hung
        hung = True
        os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, kill)
    signal.setitimer(signal.ITIMER_REAL, float(str(order["seconds"])))
    _, ended, usage = os.wait4(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    code = os.waitstatus_to_exitcode(ended)
    return {"status": code, "hung": hung, "memory": usage.ru_maxrss << 10, "seconds": time.monotonic() - began}


if __name__ == "__main__":
    _import_all()
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)
