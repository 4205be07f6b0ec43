#!/usr/bin/env bash
# The page in a real browser. Exit code 77 (skipped) without Chromium, one that
# starts, or Node.
#   page_test.sh BIN_DIR KARATE_EDGES
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}
chromium=$(command -v chromium || command -v chromium-browser ||
  command -v google-chrome) || skip "Chromium is not installed"
command -v node >/dev/null || skip "Node is not installed"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
timeout 60 "$chromium" --headless=new --no-sandbox --disable-gpu \
  --disable-dev-shm-usage --user-data-dir="$profile" --dump-dom about:blank \
  >/dev/null 2>&1 || skip "Chromium does not start here"
node "$here/page_test.mjs" "$chromium" "$@"
