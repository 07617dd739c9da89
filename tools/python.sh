# Finding a Python of 3.12 or newer, and an environment that holds exactly what a lock file says. Sourced by start and test.
is_good() { [ -n "$1" ] && "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python /usr/local/bin/python3.1[2-9]; do
    if is_good "$candidate"; then echo "$candidate"; return; fi
  done
}

prepare() { # environment lock
  if cmp -s "$2" "$1/installed.lock"; then return; fi
  python=$(find_python)
  if [ -n "$python" ]; then
    "$python" -m venv "$1"
    "$1/bin/python" -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r "$2"
  elif python3 -m venv .boot >/dev/null 2>&1; then
    echo "No Python of 3.12 or newer was found; fetching one with uv."
    .boot/bin/python -m pip install -q --disable-pip-version-check uv
    .boot/bin/uv venv -q --clear --python 3.13 "$1" || { echo "Install Python 3.12 or newer, then run this again." >&2; exit 1; }
    .boot/bin/uv pip install -q --python "$1/bin/python" --require-hashes -r "$2"
  else
    echo "Python 3.12 or newer is missing. Install it (Debian: apt install python3 python3-venv), then run this again." >&2
    exit 1
  fi
  cp "$2" "$1/installed.lock"
}
