# Sourced by the scripts that measure with a Python tool, which set `here` (the
# checkout) and `tool`: answers --help, and reads [DATA [WORK]] [OPTION...] into
# data (shared/data beside the checkout if none is named), work (a temporary
# folder if none is named) and the array options.
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

# take_folder: the next argument, if there is one that is no option.
take_folder() {
  [[ ${#arguments[@]} -gt 0 && ${arguments[0]} != --* ]] || return 1
  folder=${arguments[0]}
  arguments=("${arguments[@]:1}")
}

arguments=("$@")
if take_folder; then data=$folder; else data=$(dirname "$here")/shared/data; fi
[[ -d $data ]] || fail "there is no folder $data; usage:" \
  "benchmarks/$(basename "$0") [DATA [WORK]] [OPTION...]" \
  "(benchmarks/DATA.md says what DATA holds)"
if take_folder; then
  work=$folder
  mkdir -p "$work"
else
  work=$(mktemp -d)
fi
options=("${arguments[@]}")
echo "results go to $work" >&2
