#!/usr/bin/env bash
# Every mode by the published protocols, beside published figures and peers:
# trains with configs/*.flags, evaluates with embedeval and writes RESULTS.md.
#
#   benchmarks/quality.sh [DATA [WORK]] [--fast] [OPTION...]
#
# DATA (default: shared/data beside the checkout) is what benchmarks/DATA.md
# says; nothing is downloaded or installed. Models and tables stay in WORK
# (default: a temporary folder): what the same program made there with the same
# command is not made again. --fast is a look of some ten minutes (fewer walks,
# splits and ratios, 5 MB of text) and writes WORK/RESULTS.md. The whole takes
# hours. Needs zstd; peers that are missing (python3-gensim, fasttext) are
# named. EMBEDTRAIN and EMBEDEVAL name the programs (default: a release build in
# build/).
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
tool=$here/benchmarks/tools/quality.py
. "$here/benchmarks/tools/folders.sh"
export EMBEDTRAIN=${EMBEDTRAIN:-$here/build/bin/embedtrain}
export EMBEDEVAL=${EMBEDEVAL:-$here/build/bin/embedeval}
for program in "$EMBEDTRAIN" "$EMBEDEVAL"; do
  [[ -x $program ]] || fail "$program is not there: apps/setup.sh builds it"
done
needs zstd
exec /usr/bin/python3 "$tool" "$data" "$work" "${options[@]}"
