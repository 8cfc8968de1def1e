#!/usr/bin/env bash
# packages.sh [demo|test]: installs the system packages that are missing, where root or passwordless sudo allows it;
# otherwise says in one line each what is missing and what it costs. Never stops the set-up.
set -u
cd "$(dirname "$0")/.."
purpose=${1:-demo}

has_command()  { for name in "$@"; do command -v "$name" >/dev/null 2>&1 && return 0; done; return 1; }
has_thai_font() { has_command fc-list && [ -n "$(fc-list :lang=th 2>/dev/null | head -n 1)" ]; }
has_postgres() { has_command postgres || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; }
has_thai_ocr() { has_command tesseract && tesseract --list-langs 2>&1 | grep -qx tha; }
has_test_fonts() { ls /usr/share/fonts/truetype/arundina/ArundinaSerif.ttf >/dev/null 2>&1; }
has_venv()     { [ -x .venv/bin/python ] || bash setup/venv.sh --can-make; }

missing=() costs=()
need() { # need PACKAGE "what goes without it" TEST...
  local package=$1 cost=$2; shift 2
  "$@" || { missing+=("$package"); costs+=("$cost"); }
}
look() {
  missing=() costs=()
  need python3-venv      "no virtual environment can be made"                           has_venv
  need chromium          "pages built by JavaScript stay unread; reports only as HTML"  has_command chromium chromium-browser google-chrome
  need antiword          "old .doc files stay unread (a person must look)"              has_command antiword
  need tesseract-ocr     "scans and pictures stay unread (a person must look)"          has_command tesseract
  need tesseract-ocr-tha "scans and pictures stay unread (a person must look)"          has_thai_ocr
  need fonts-thai-tlwg   "Thai is missing from printed reports"                         has_thai_font
  [ "$purpose" = test ] && need postgresql "the tests on PostgreSQL cannot run"         has_postgres
  [ "$purpose" = test ] && need fonts-arundina "the tests of OCR have fewer fonts to draw scans in" has_test_fonts
}

look
[ ${#missing[@]} -eq 0 ] && exit 0

root=()
can_install=no
if has_command apt-get; then
  if [ "$(id -u)" = 0 ]; then can_install=yes
  elif has_command sudo && sudo -n true 2>/dev/null; then can_install=yes; root=(sudo -n); fi
fi

# One attempt for the same gaps: a machine without a network is not asked again at each start.
tried=.make/packages-tried
if [ "$can_install" = yes ] && [ "$(cat "$tried" 2>/dev/null)" != "${missing[*]}" ]; then
  echo "installing system packages: ${missing[*]}"
  mkdir -p .make && echo "${missing[*]}" >"$tried"
  log=.make/packages.log
  apt() { ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get "$@" >>"$log" 2>&1; }
  : >"$log"
  apt update -q || echo "  apt-get update failed; trying with the package lists at hand ($log)"
  apt install -y -q --no-install-recommends "${missing[@]}" ||
    for package in "${missing[@]}"; do apt install -y -q --no-install-recommends "$package"; done
  look
fi

for i in "${!missing[@]}"; do
  echo "missing: ${missing[$i]} - ${costs[$i]} (to install: sudo apt-get install ${missing[$i]})"
done
exit 0
