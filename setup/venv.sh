#!/usr/bin/env bash
# venv.sh FOLDER: makes the virtual environment with the newest Python from 3.11 on.
# venv.sh --can-make: exit 0 when that would work.
set -eu
python=
for name in python3.13 python3.12 python3.11 python3 python; do
  command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
  [ -n "$python" ] || python=$name
  if "$name" -c 'import ensurepip, venv' 2>/dev/null; then python=$name; break; fi
done

if [ "${1:-}" = --can-make ]; then
  [ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null
  exit
fi

folder=${1:-.venv}
if [ -z "$python" ]; then
  echo "oitcheck needs Python 3.11 or newer, and none was found on the PATH (Debian 12: sudo apt-get install python3 python3-venv)" >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "$python cannot make a virtual environment: its venv part is missing (sudo apt-get install python3-venv)" >&2
  exit 1
fi
echo "making $folder with $("$python" --version)"
"$python" -m venv "$folder" || { rm -rf "$folder"; echo "$folder could not be made; is the disk full?" >&2; exit 1; }
