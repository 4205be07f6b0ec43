"""Runs of programs whose results stay in a working folder.

A run is made once: its record (NAME.run.json) holds the command, the size and
age of the program and what it cost, and is taken if they are still the same and
no file that the command names is younger than the record.
"""
import csv
import json
import os
import shlex

import measure


def is_younger_file(path, than):
    return os.path.isfile(path) and os.path.getmtime(path) > than


def is_outdated(record_path, command, outputs):
    """Whether a file that the command reads has changed since the record."""
    made = os.path.getmtime(record_path)
    named = [word.split("=", 1)[-1] for word in command[1:]]
    return any(is_younger_file(path, made)
               for path in named if path not in outputs)


class CachedRuns:
    def __init__(self, data, work, root, train, evaluate):
        self.data = data
        self.work = work
        self.root = root  # the checkout
        self.programs = {"embedtrain": train, "embedeval": evaluate}

    def path(self, name):
        return os.path.join(self.work, name)

    def chart(self, name):
        """Where a picture of the page is kept."""
        folder = self.path("charts")
        os.makedirs(folder, exist_ok=True)
        return os.path.join(folder, name + ".svg")

    def shown(self, command):
        """A command as the tables name it: no folders of this machine."""
        return self.shown_text(" ".join(map(shlex.quote, command)))

    def shown_text(self, text):
        for name, program in self.programs.items():
            text = text.replace(program, name)
        for folder, name in ((self.work, "WORK"), (self.data, "DATA"),
                             (self.root + os.sep, "")):
            text = text.replace(folder, name)
        return text

    def config(self, name):
        """The flag that takes the flags of configs/NAME.flags."""
        return "--flagfile=" + os.path.join(self.root, "configs",
                                            name + ".flags")

    def run(self, name, command, outputs):
        """Wall and CPU seconds of `command`, which writes `outputs`."""
        program = os.stat(command[0])
        made_by = {"command": command,
                   "program": [program.st_size, int(program.st_mtime)]}
        record_path = self.path(name + ".run.json")
        if os.path.exists(record_path) and all(map(os.path.exists, outputs)):
            with open(record_path, encoding="utf-8") as file:
                record = json.load(file)
            if record["made_by"] == made_by and not is_outdated(
                    record_path, command, outputs):
                return record["cost"]
        print(self.shown(command), flush=True)
        cost = measure.run(command)
        result = {"wall": cost.wall, "cpu": cost.cpu,
                  "peak_mib": cost.peak_mib}
        with open(record_path, "w", encoding="utf-8") as file:
            json.dump({"made_by": made_by, "cost": result}, file)
        return result

    def train(self, name, config, flags, source):
        """Trains WORK/NAME.embed; returns (model, command, cost)."""
        command = [self.programs["embedtrain"],
                   self.config(config), *flags, "--progress=none",
                   f"--output={self.path(name)}", source]
        model = self.path(name + ".embed")
        return model, command, self.run(name, command, [model])

    def evaluate(self, name, task, model, flags, source):
        """Rows (dicts of text) of an embedeval task, and the command."""
        return self.tabulate(
            name, [task, f"--model={model}", *flags], [source])

    def tabulate(self, name, arguments, sources=()):
        """The same of any arguments."""
        table = self.path(name + ".tsv")
        command = [self.programs["embedeval"], *arguments, f"--out={table}",
                   *sources]
        self.run(name, command, [table])
        with open(table, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t")), command
