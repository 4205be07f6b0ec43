#!/usr/bin/python3
"""Compares training with and without --deterministic: speed and quality, of
words and of nodes from walks.

usage: benchmarks/deterministic.sh [DATA [WORK]] [OPTION...]   (--help lists them)

Words are those of English Wikipedia, nodes those of BlogCatalog by DeepWalk
(configs/deepwalk_blogcatalog.flags; speed with 15 walks a node).

Speed: tokens a second of one epoch with 1 and 2 threads, the two in turn, the
median of RUNS. Quality: with 2 threads, seeds 1, 2, ..., mean and standard
deviation between seeds in points of 100; of nodes, F1 with half of them known,
10 splits. Writes WORK/deterministic_speed.tsv and
WORK/deterministic_quality.tsv and prints both. Ends with an error if the
deterministic tables of 1 and 2 threads differ.
"""
import argparse
import csv
import filecmp
import json
import os
import statistics
import sys

import corpora
import measure
import tables
from compare_trainers import quality
from trainers import Embed, Settings

KINDS = {"hogwild": (), "deterministic": ("--deterministic",)}
THREADS = (1, 2)
SPEED_WALKS = 15  # a node


def parse_options():
    parser = argparse.ArgumentParser(
        prog="benchmarks/deterministic.sh", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("data")
    add("work")
    add("--program", required=True, help=argparse.SUPPRESS)
    add("--config", required=True, help=argparse.SUPPRESS)
    add("--megabytes", type=int, default=0,
        help="of the corpus to train on; 0: all of it")
    add("--runs", type=int, default=3, help="of speed; 0: none")
    add("--seeds", type=int, default=5, help="of quality; 0: none")
    add("--dim", type=int, default=128, help="of words")
    add("--epochs", type=int, default=5, help="of quality of words")
    add("--of", nargs="+", choices=("words", "nodes"),
        default=["words", "nodes"])
    add("--group_by", default="auto",
        help="of embedtrain, where it is deterministic")
    options = parser.parse_args()
    options.no_quality = options.seeds == 0
    return options


class Words:
    """Trains on the corpus."""
    name = "words"

    def __init__(self, options):
        self.options = options
        self.corpus = corpora.english(options.data, options.work,
                                      options.megabytes)
        self.tokens = corpora.kept_tokens(self.corpus, Settings.min_count)

    def rate(self, flags, threads, output):
        """Tokens a second; the vectors are left in OUTPUT.bin."""
        settings = Settings(dim=self.options.dim, threads=threads)
        training = Embed(self.options.program, flags=flags).train(
            self.corpus, settings, output)
        return training.rates(self.tokens)[0]

    def quality(self, flags, seed, output):
        settings = Settings(dim=self.options.dim, epochs=self.options.epochs,
                            threads=2, seed=seed)
        training = Embed(self.options.program, flags=flags).train(
            self.corpus, settings, output)
        return quality(self.options, training.vectors)


class Nodes:
    """Trains on walks."""
    name = "nodes"

    def __init__(self, options):
        self.options = options

    def train(self, flags, threads, output):
        """The last report of its progress."""
        cost = measure.run(
            [self.options.program, "--flagfile", self.options.config,
             "--threads", str(threads), "--progress", "json", "--output",
             output, "--export", "bin", *flags,
             os.path.join(self.options.data, "graph/blogcatalog.edges.zst")])
        return json.loads([line.text for line in cost.lines
                           if line.text.startswith('{"fraction":')][-1])

    def rate(self, flags, threads, output):
        flags = [*flags, "--walks_per_node", str(SPEED_WALKS)]
        # Of the whole training: a report's rate is that of its last second,
        # in which many or no rounds of --deterministic end.
        last = self.train(flags, threads, output)
        return last["tokens"] / last["seconds"]

    def quality(self, flags, seed, output):
        self.train([*flags, "--seed", str(seed)], 2, output)
        lines = [line.text for line in measure.run(
            [os.path.join(os.path.dirname(self.options.program), "embedeval"),
             "classify", "--model", output + ".embed", "--splits", "10",
             "--ratios", "0.5",
             os.path.join(self.options.data,
                          "graph/blogcatalog.labels")]).lines]
        header = next(i for i, line in enumerate(lines)
                      if line.startswith("protocol\t"))
        row = next(csv.DictReader(lines[header:], delimiter="\t"))
        return {"BlogCatalog, Micro-F1": 100 * float(row["micro_f1"]),
                "BlogCatalog, Macro-F1": 100 * float(row["macro_f1"])}


def speed(options, subject):
    """Rows of medians."""
    if options.runs == 0:
        return []
    rates = {(kind, threads): [] for kind in KINDS for threads in THREADS}
    for _ in range(options.runs):
        for (kind, threads), found in rates.items():
            output = os.path.join(options.work, f"{kind}_{threads}")
            found.append(subject.rate(KINDS[kind], threads, output))
    if not filecmp.cmp(*(os.path.join(options.work, f"deterministic_{t}.bin")
                         for t in THREADS), shallow=False):
        sys.exit("error: the tables of 1 and 2 threads differ")
    rows = []
    for threads in THREADS:
        medians = {kind: statistics.median(rates[kind, threads])
                   for kind in KINDS}
        rows.append({"of": subject.name, "threads": threads,
                     **{f"{kind} M tokens/s": f"{rate / 1e6:.2f}"
                        for kind, rate in medians.items()},
                     "ratio": f"{medians['deterministic'] / medians['hogwild']:.2f}"})
    return rows


def scores(options, subject):
    """Rows of mean and standard deviation between seeds."""
    found = {kind: {} for kind in KINDS}
    for seed in range(1, options.seeds + 1):
        for kind, flags in KINDS.items():
            output = os.path.join(options.work, f"{kind}_seed")
            for name, score in subject.quality(flags, seed, output).items():
                found[kind].setdefault(name, []).append(score)
    rows = []
    for name in found["hogwild"]:
        row = {"of": subject.name, "set": name}
        for kind in KINDS:
            values = found[kind][name]
            row[kind] = f"{statistics.mean(values):.2f}"
            row[f"{kind} sd"] = (f"{statistics.stdev(values):.2f}"
                                 if len(values) > 1 else "")
        rows.append(row)
    return rows


def main():
    options = parse_options()
    KINDS["deterministic"] += ("--group_by", options.group_by)
    os.makedirs(options.work, exist_ok=True)
    subjects = [subject(options) for subject in (Words, Nodes)
                if subject.name in options.of]
    for name, compare in (("speed", speed), ("quality", scores)):
        rows = [row for subject in subjects
                for row in compare(options, subject)]
        if not rows:
            continue
        tables.write_tsv(os.path.join(options.work,
                                      f"deterministic_{name}.tsv"), rows)
        print(tables.markdown(rows), flush=True)


if __name__ == "__main__":
    main()
