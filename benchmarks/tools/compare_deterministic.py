#!/usr/bin/python3
"""Compares training with and without --deterministic: speed and quality.

usage: benchmarks/deterministic.sh DATA [WORK] [OPTION...]   (--help lists them)

Speed: tokens a second of one epoch with 1 and 2 threads, the two in turn, the
median of RUNS. Quality: with 2 threads, seeds 1, 2, ..., mean and standard
deviation between seeds in points of 100. Writes WORK/deterministic_speed.tsv
and WORK/deterministic_quality.tsv and prints both. Ends with an error if the
deterministic tables of 1 and 2 threads differ.
"""
import argparse
import filecmp
import os
import statistics
import sys

import corpora
import tables
from compare_trainers import quality
from trainers import Embed, Settings

KINDS = {"hogwild": (), "deterministic": ("--deterministic",)}
THREADS = (1, 2)


def parse_options():
    parser = argparse.ArgumentParser(
        prog="benchmarks/deterministic.sh", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("data")
    add("work")
    add("--program", required=True, help=argparse.SUPPRESS)
    add("--megabytes", type=int, default=0,
        help="of the corpus to train on; 0: all of it")
    add("--runs", type=int, default=3, help="of speed")
    add("--seeds", type=int, default=5, help="of quality; 0: none")
    add("--dim", type=int, default=128)
    add("--epochs", type=int, default=5, help="of quality")
    options = parser.parse_args()
    options.no_quality = options.seeds == 0
    return options


def speed(options, corpus):
    """Rows of medians."""
    tokens = corpora.kept_tokens(corpus, Settings.min_count)
    rates = {(kind, threads): [] for kind in KINDS for threads in THREADS}
    for _ in range(options.runs):
        for (kind, threads), found in rates.items():
            settings = Settings(dim=options.dim, threads=threads)
            output = os.path.join(options.work, f"{kind}_{threads}")
            training = Embed(options.program, flags=KINDS[kind]).train(
                corpus, settings, output)
            found.append(training.rates(tokens)[0])
    if not filecmp.cmp(*(os.path.join(options.work, f"deterministic_{t}.bin")
                         for t in THREADS), shallow=False):
        sys.exit("error: the tables of 1 and 2 threads differ")
    rows = []
    for threads in THREADS:
        medians = {kind: statistics.median(rates[kind, threads])
                   for kind in KINDS}
        rows.append({"threads": threads,
                     **{f"{kind} M tokens/s": f"{rate / 1e6:.2f}"
                        for kind, rate in medians.items()},
                     "ratio": f"{medians['deterministic'] / medians['hogwild']:.2f}"})
    return rows


def scores(options, corpus):
    """Rows of mean and standard deviation between seeds."""
    found = {kind: {} for kind in KINDS}
    for seed in range(1, options.seeds + 1):
        for kind, flags in KINDS.items():
            settings = Settings(dim=options.dim, epochs=options.epochs,
                                threads=2, seed=seed)
            output = os.path.join(options.work, f"{kind}_seed")
            training = Embed(options.program, flags=flags).train(
                corpus, settings, output)
            for name, score in quality(options, training.vectors).items():
                found[kind].setdefault(name, []).append(score)
    rows = []
    for name in found["hogwild"]:
        row = {"set": name}
        for kind in KINDS:
            values = found[kind][name]
            row[kind] = f"{statistics.mean(values):.2f}"
            row[f"{kind} sd"] = (f"{statistics.stdev(values):.2f}"
                                 if len(values) > 1 else "")
        rows.append(row)
    return rows


def main():
    options = parse_options()
    os.makedirs(options.work, exist_ok=True)
    corpus = corpora.english(options.data, options.work, options.megabytes)
    for name, rows in (("speed", speed(options, corpus)),
                       ("quality", scores(options, corpus))):
        if not rows:
            continue
        tables.write_tsv(os.path.join(options.work,
                                      f"deterministic_{name}.tsv"), rows)
        print(tables.markdown(rows), flush=True)


if __name__ == "__main__":
    main()
