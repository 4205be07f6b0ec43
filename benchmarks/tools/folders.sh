# Sourced by the scripts that measure with a Python tool, which set `here` (the
# checkout) and `tool`: answers --help, and reads DATA [WORK] [OPTION...] into
# data, work (a temporary folder if none is named) and the array options.
export PYTHONDONTWRITEBYTECODE=1
[[ ${1:-} != --help ]] || exec /usr/bin/python3 "$tool" --help

fail() {
  echo "error: $*" >&2
  exit 1
}

# needs PROGRAM...
needs() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || fail "$program is not installed"
  done
}

usage="benchmarks/$(basename "$0") DATA [WORK] [OPTION...]"
[[ $# -gt 0 ]] || fail "DATA is missing; usage: $usage"
data=$1
shift
[[ -d $data ]] || fail "there is no folder $data; usage: $usage"
if [[ $# -gt 0 && $1 != --* ]]; then
  work=$1
  shift
  mkdir -p "$work"
else
  work=$(mktemp -d)
fi
options=("$@")
echo "results go to $work" >&2
