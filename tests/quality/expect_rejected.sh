#!/usr/bin/env bash
# Succeeds if the quality gate rejects: the program ends by a failed
# expectation of quality, not by a crash and not by passing.
#   expect_rejected.sh PROGRAM
set -euo pipefail

output=$("$1" --gtest_filter='*Karate:*PlantedText' 2>&1) && code=0 || code=$?
printf '%s\n' "$output" | grep -E 'stored|FAILED' || true
if [[ $code == 0 ]]; then
  echo "the gate let a broken trainer pass"
  exit 1
fi
if [[ $code != 1 ]] || ! grep -qE 'has fallen|diverge' <<<"$output"; then
  printf '%s\n' "$output"
  echo "ended with code $code, not by its quality"
  exit 1
fi
