#!/usr/bin/python3
"""Compares vectors trained with shared and with unshared negatives.

usage: benchmarks/negatives.sh [DATA [WORK]] [OPTION...]   (--help lists them)

Seeds are 1, 2, ... . Writes WORK/negatives_runs.tsv (a row a training) as
results come, and at the end prints, and writes to WORK/negatives.tsv, a row for
each set: mean and standard deviation between seeds of both, in points of 100,
and the difference of the means. The sharing costs nothing that can be told if
the difference is below a deviation.
"""
import argparse
import os
import statistics
import subprocess
import sys

import corpora
import tables
from compare_trainers import quality

KINDS = ("shared", "unshared")


def parse_options():
    parser = argparse.ArgumentParser(
        prog="benchmarks/negatives.sh", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("data")
    add("work")
    add("--program", required=True, help=argparse.SUPPRESS)
    add("--megabytes", type=int, default=30,
        help="of the corpus to train on; 0: all of it (default: 30)")
    add("--seeds", type=int, default=3)
    add("--dim", type=int, default=128)
    add("--window", type=int, default=5)
    add("--negatives", type=int, default=5)
    add("--epochs", type=int, default=1)
    add("--min_count", type=int, default=5)
    add("--subsample", type=float, default=1e-3)
    add("--learning_rate", type=float, default=0.025)
    add("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.no_quality = False
    return options


def train(options, corpus, seed):
    """Trains both kinds; returns what their files' names begin with."""
    prefix = os.path.join(options.work, f"negatives_{seed}")
    flags = [f"--{name}={getattr(options, name)}" for name in (
        "dim", "window", "negatives", "epochs", "min_count", "subsample",
        "learning_rate", "threads")]
    subprocess.run([options.program, *flags, f"--seed={seed}", corpus, prefix],
                   check=True)
    return prefix


def measure_all(options):
    corpus = corpora.english(options.data, options.work, options.megabytes)
    rows = []
    for seed in range(1, options.seeds + 1):
        prefix = train(options, corpus, seed)
        for kind in KINDS:
            scores = quality(options, f"{prefix}.{kind}.bin")
            rows.append({"negatives": kind, "seed": seed, **scores})
            tables.write_tsv(
                os.path.join(options.work, "negatives_runs.tsv"), rows)
    return rows


def summarize(rows):
    sets = [name for name in rows[0] if name not in ("negatives", "seed")]
    summary = []
    for name in sets:
        line = {"set": name}
        means = {}
        for kind in KINDS:
            scores = [row[name] for row in rows if row["negatives"] == kind]
            means[kind] = statistics.mean(scores)
            line[f"{kind}_mean"] = f"{means[kind]:.2f}"
            line[f"{kind}_deviation"] = (
                f"{statistics.stdev(scores):.2f}" if len(scores) > 1 else "")
        line["difference"] = f"{means['shared'] - means['unshared']:+.2f}"
        line["seeds"] = len(rows) // len(KINDS)
        summary.append(line)
    return summary


def main():
    options = parse_options()
    os.makedirs(options.work, exist_ok=True)
    summary = summarize(measure_all(options))
    if not summary:
        sys.exit("error: nothing to compare")
    path = os.path.join(options.work, "negatives.tsv")
    tables.write_tsv(path, summary)
    with open(path, encoding="utf-8") as file:
        sys.stdout.write(file.read())


if __name__ == "__main__":
    main()
