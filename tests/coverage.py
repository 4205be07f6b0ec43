#!/usr/bin/env python3
"""Sums up what gcov says of a build whose tests have run.

    tests/coverage.py BUILD_FOLDER LEAST_PERCENT

A line is covered if any object file that has it was run through it: headers
and kernels are compiled several times. Prints the share of each folder, the
files with the most lines that are not covered, and these lines; exit code 1
below the least percentage of all lines together.
"""

import collections
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDERS = ("embed", "graph", "text")


def count_lines(build):
    """For each file of FOLDERS: line to how often it was run."""
    lines = collections.defaultdict(dict)
    notes = []
    for folder, _, names in os.walk(build):
        # What was compiled but never run has notes and no counts.
        notes += [os.path.join(folder, name) for name in names
                  if name.endswith(".gcno")]
    for place in range(0, len(notes), 50):
        output = subprocess.run(
            ["gcov", "--json-format", "--stdout"] + notes[place:place + 50],
            check=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL).stdout
        # An object a line.
        for line in output.splitlines():
            add_counts(json.loads(line), lines)
    return lines


def add_counts(data, lines):
    for file in data["files"]:
        path = os.path.normpath(os.path.join(
            data["current_working_directory"], file["file"]))
        name = os.path.relpath(path, ROOT)
        if name.split(os.sep)[0] not in FOLDERS:
            continue
        for line in file["lines"]:
            number = line["line_number"]
            lines[name][number] = max(lines[name].get(number, 0),
                                      line["count"])


def ranges(numbers):
    """1, 2, 3, 7 as "1-3, 7"."""
    parts = []
    for number in numbers:
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def share(files):
    total = sum(len(counts) for counts in files)
    covered = sum(count > 0 for counts in files for count in counts.values())
    return covered, total, 100 * covered / max(total, 1)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    lines = count_lines(sys.argv[1])
    missed = {name: sorted(n for n, count in counts.items() if count == 0)
              for name, counts in lines.items()}
    for name in sorted(missed, key=lambda name: (-len(missed[name]), name)):
        if missed[name]:
            print(f"{name}: {len(missed[name])} of {len(lines[name])} lines: "
                  f"{ranges(missed[name])}")
    groups = collections.defaultdict(list)
    for name, counts in lines.items():
        groups[os.path.dirname(name)].append(counts)
    for group in sorted(groups):
        print("%-16s %6d of %6d lines, %.1f %%" %
              ((group,) + share(groups[group])))
    covered, total, percent = share(lines.values())
    print(f"all: {covered} of {total} lines, {percent:.1f} %")
    sys.exit(percent < float(sys.argv[2]))


if __name__ == "__main__":
    main()
