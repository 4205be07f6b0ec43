#!/usr/bin/env bash
# The page in a real browser. Exit code 77 (skipped) without Chromium or Node.
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
sockets=()
if ! node -e 'process.exit(typeof WebSocket === "undefined" ? 1 : 0)'; then
  sockets=(--experimental-websocket)
  node "${sockets[@]}" -e 0 2>/dev/null || skip "this Node has no WebSocket"
fi
exec node --no-warnings "${sockets[@]}" "$here/page_test.mjs" "$chromium" "$@"
