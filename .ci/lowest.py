"""Print pip constraints that hold each runtime dependency to the lowest version that pyproject.toml allows."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
for requirement in [*project["dependencies"], *project["optional-dependencies"]["onnx"]]:
    found = re.fullmatch(r"([\w.-]+)>=([\w.]+)(?:,.*)?", requirement)
    if not found:
        sys.exit(f"no lowest version in: {requirement}")
    sys.stdout.write(f"{found[1]}=={found[2]}\n")
