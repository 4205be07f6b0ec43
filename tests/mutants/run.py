#!/usr/bin/env python3
"""Breaks chosen lines of the numeric core one at a time: a test must notice.

    tests/mutants/run.py BUILD_FOLDER [NAME...]
    tests/mutants/run.py --check

For each mutant of mutants.tsv the source is copied with one text replaced,
compiled as the build folder compiles it, with the sources that are joined with
it, linked with the tests named beside it in place of the library's own object,
and these tests are run. The mutant is killed if one fails, and survives if all
pass. Exit code 1: more than 2 survive, or something could not be made. The
build folder holds built tests and is one of Ninja, as those of tests/run.sh and
tests/coverage.sh are. --check only looks whether each text stands in its
source, once.
"""

import csv
import fnmatch
import json
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
LIST = os.path.join(ROOT, "tests", "mutants", "mutants.tsv")
MAY_SURVIVE = 2
SECONDS = 300  # for the tests of one mutant


class Failure(Exception):
    """What keeps a mutant from being made."""


def output_of(command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, check=False,
                            stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode != 0:
        raise Failure(f"{shlex.join(command)}:\n{result.stdout}")
    return result.stdout


class Build:
    """What the build folder knows: commands and tests."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        path = os.path.join(self.folder, "compile_commands.json")
        with open(path, encoding="utf-8") as file:
            self.commands = [(entry["file"], entry["command"])
                             for entry in json.load(file)]
        listing = json.loads(output_of(
            ["ctest", "--test-dir", self.folder, "--show-only=json-v1"]))
        self.passed = set()  # programs and names that pass as they are
        self.tests = []  # program, name
        for test in listing["tests"]:
            for argument in test.get("command", []):
                if argument.startswith("--gtest_filter="):
                    self.tests.append((test["command"][0],
                                       argument.split("=", 1)[1]))

    def programs(self, patterns):
        """The programs of the tests, each with the names to run."""
        found = {}
        for program, name in self.tests:
            if any(fnmatch.fnmatchcase(name, p) for p in patterns):
                found.setdefault(program, []).append(name)
        for pattern in patterns:
            if not any(fnmatch.fnmatchcase(name, pattern)
                       for names in found.values() for name in names):
                raise Failure(f"no built test is called {pattern}")
        return found

    def joined(self, unit):
        """The source that the build compiles with the unit in it, itself or
        one of joined sources (unity build), and the command."""
        library = {"embed": "/embed.dir/", "graph": "/embed_graph.dir/",
                   "text": "/embed_text.dir/"}[unit.split("/")[0]]
        wanted = os.path.join(ROOT, unit)
        for file, command in self.commands:
            if library not in command:
                continue
            if file == wanted:
                return file, command
            if "/Unity/" in file:
                with open(file, encoding="utf-8") as source:
                    if f'"{wanted}"' in source.read():
                        return file, command
        raise Failure(f"{unit}: nothing in the build compiles it")

    def compile(self, row, mutant, folder, target):
        """Compiles the row's unit with all sources that the build joins with
        it, `mutant`, a file in `folder`, in place of the row's source."""
        file, command = self.joined(row["unit"] or row["source"])
        with open(file, encoding="utf-8") as source:
            text = source.read()
        original = os.path.join(ROOT, row["source"])
        if file == original:
            file = mutant
        elif f'"{original}"' in text:
            file = os.path.join(folder, os.path.basename(file))
            with open(file, "w", encoding="utf-8") as copy:
                copy.write(text.replace(f'"{original}"', f'"{mutant}"'))
        # Without optimization, which takes most of the time. What a mutant no
        # longer uses is no error.
        words = [word for word in shlex.split(command)
                 if not re.fullmatch("-O[0-9s]|-Werror", word)]
        words[words.index("-o") + 1] = target
        words[words.index("-c") + 1] = file
        first = next(i for i, word in enumerate(words)
                     if word.startswith("-I") or word == "-isystem")
        # Headers in the folder before all others.
        words.insert(first, "-I" + folder)
        output_of(words, cwd=self.folder)

    def link(self, program, mutant, target):
        """Links the program with the object `mutant` before all others, whose
        definitions count where the library has them as well."""
        name = os.path.relpath(program, self.folder)
        lines = output_of(["ninja", "-C", self.folder, "-t", "commands", "-s",
                           name]).splitlines()
        command = next(line for line in lines if f"-o {name}" in line)
        command = command.replace(f"-o {name}", f"{mutant} -o {target} "
                                  "-Wl,-z,muldefs", 1)
        # What follows the linking itself is the search for tests.
        command = command.split(" && ")[1]
        output_of(["/bin/sh", "-c", command], cwd=self.folder)


def mutated(row):
    """The changed source."""
    with open(os.path.join(ROOT, row["source"]), encoding="utf-8") as file:
        text = file.read()
    # A list of one line a mutant has no line feeds: \n in it stands for one.
    before, after = (row[key].replace("\\n", "\n") for key in ("before",
                                                               "after"))
    if text.count(before) != 1:
        raise Failure(f"{row['source']} has {text.count(before)} times, "
                      f"expected once: {before}")
    return text.replace(before, after)


def mutate(row, folder):
    """Writes the changed source; returns its path."""
    text = mutated(row)
    path = os.path.join(folder, row["source"])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def run(program, names):
    """The first test that failed; "" if all passed."""
    environment = dict(os.environ)
    # Builds that measure coverage shall not count these runs.
    environment["GCOV_PREFIX"] = os.path.dirname(program)
    try:
        result = subprocess.run(
            [program, "--gtest_filter=" + ":".join(names), "--gtest_brief=1"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", timeout=SECONDS, check=False, env=environment,
            cwd=os.path.dirname(program))
    except subprocess.TimeoutExpired:
        return "no end"
    if result.returncode == 0:
        return ""
    failed = re.search(r"FAILED  \] (\S+)", result.stdout)
    return failed.group(1).rstrip(",") if failed else f"exit code {result.returncode}"


def kill(build, row):
    """The test that killed the mutant; "" if none did."""
    folder = os.path.join(build.folder, "mutants", row["name"])
    path = mutate(row, folder)
    mutant = os.path.join(folder, "mutant.o")
    build.compile(row, path, folder, mutant)
    for program, names in build.programs(row["tests"].split(":")).items():
        if (program, *names) not in build.passed:
            if run(program, names):
                raise Failure(f"{program}: fails without the mutant")
            build.passed.add((program, *names))
        target = os.path.join(folder, os.path.basename(program))
        build.link(program, mutant, target)
        killer = run(target, names)
        os.remove(target)
        if killer:
            return killer
    return ""


def check(rows):
    """Exits with what mutants cannot be made."""
    failures = []
    for row in rows:
        try:
            mutated(row)
        except Failure as failure:
            failures.append(f"{row['name']}: {failure}")
    sys.exit("\n".join(failures) or 0)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with open(LIST, encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t",
                                   quoting=csv.QUOTE_NONE))
    if sys.argv[1] == "--check":
        check(rows)
    build = Build(sys.argv[1])
    wanted = sys.argv[2:]
    rows = [row for row in rows if not wanted or row["name"] in wanted]
    survivors = []
    failures = 0
    for row in rows:
        try:
            killer = kill(build, row)
        except Failure as failure:
            failures += 1
            print(f"{row['name']}: not made: {failure}", flush=True)
            continue
        print(f"{row['name']}: " + (f"killed by {killer}" if killer else
                                    "SURVIVES"), flush=True)
        if not killer:
            survivors.append(row["name"])
    killed = len(rows) - len(survivors) - failures
    print(f"{killed} of {len(rows)} mutants killed")
    sys.exit(failures > 0 or len(survivors) > MAY_SURVIVE)


if __name__ == "__main__":
    main()
