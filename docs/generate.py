"""Writes every generated page of docs/ again; with --check it writes nothing, names what is not up to date, exit 1."""

from __future__ import annotations

import sys
from pathlib import Path

from oitcheck import handbook

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("usage: docs/generate.py [--check]", file=sys.stderr)
        return 2
    out = ROOT / "docs" / "checklists"
    made = handbook.pages(ROOT / "checklists", ROOT / "fixtures")
    changed = handbook.differences(made, out) if arguments else handbook.write(made, out)
    for path in changed:
        print(f"{'not up to date' if arguments else 'written'}: docs/checklists/{path}")
    if arguments and changed:
        print("write them again: python docs/generate.py", file=sys.stderr)
    return 1 if arguments and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
