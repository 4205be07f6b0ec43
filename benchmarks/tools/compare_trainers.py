#!/usr/bin/python3
"""Compares embedtrain with fasttext and gensim: speed, memory and quality.

usage: benchmarks/train.sh [DATA [WORK]] [OPTION...]   (--help lists them)

Each run trains every objective with every trainer and number of threads, one
after the other, so that a slow minute of the machine hits all of them; the runs
have seeds 1, 2, ... . Writes WORK/train_runs.tsv (a row a training) and
WORK/train.md (medians, and least and largest value) as results come, and prints
the latter at the end.

A token is an occurrence of a word of the vocabulary, before subsampling; the
rate counts the tokens of all epochs over the seconds of training: reading the
text is in them, counting words and writing files are not.
"""
import argparse
import os
import statistics
import subprocess
import sys

import corpora
import tables
import trainers
from measure import median_and_range

SIMILARITY = ("ws353.tsv", "rw.tsv")
ANALOGIES = "google_analogy.tsv"


def parse_options():
    parser = argparse.ArgumentParser(
        prog="benchmarks/train.sh", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("data")
    add("work")
    add("--embedtrain", required=True, help=argparse.SUPPRESS)
    add("--megabytes", type=int, default=30,
        help="of the corpus to train on; 0: all of it (default: 30)")
    add("--dim", type=int, nargs="+", default=[128])
    add("--epochs", type=int, default=1)
    add("--runs", type=int, default=1)
    add("--peer_runs", type=int,
        help="runs in which the peers train, too (default: all)")
    add("--threads", type=int, nargs="+", default=[1, 2])
    add("--trainers", nargs="+", default=["embed", "fasttext", "gensim"],
        choices=["embed", "fasttext", "gensim"])
    add("--objectives", nargs="+", default=list(trainers.OBJECTIVES),
        choices=trainers.OBJECTIVES)
    add("--window", type=int, default=5)
    add("--negatives", type=int, default=5)
    add("--min_count", type=int, default=5)
    add("--subsample", type=float, default=1e-3)
    add("--learning_rate", type=float, default=0.025)
    add("--cbow_learning_rate", type=float, default=0.05)
    add("--no_quality", action="store_true", help="measure speed only")
    return parser.parse_args()


def present_trainers(options):
    """Those asked for that are here; says which are not."""
    makers = {"embed": lambda: trainers.Embed(options.embedtrain),
              "fasttext": trainers.FastText, "gensim": trainers.Gensim}
    present = []
    for name in options.trainers:
        trainer = makers[name]()
        problem = trainer.missing()
        if problem:
            print(f"SKIPPED: {name}: {problem}", file=sys.stderr)
        else:
            present.append(trainer)
    if not present:
        sys.exit("error: no trainer is left to measure")
    return present


def quality(options, vectors):
    """Scores of a file of vectors by the name of their set; {} if a set is
    missing, which is said."""
    folder = os.path.join(options.data, "eval")
    paths = [os.path.join(folder, name) for name in (*SIMILARITY, ANALOGIES)]
    absent = [path for path in paths if not os.path.exists(path)]
    if options.no_quality or absent:
        if absent:
            print(f"SKIPPED: quality: {absent[0]} is missing", file=sys.stderr)
        return {}
    script = os.path.join(os.path.dirname(__file__), "eval_words.py")
    answer = subprocess.run(
        [sys.executable, script, vectors, "--similarity", *paths[:-1],
         "--analogies", paths[-1]], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        print(f"SKIPPED: quality: {answer.stderr.strip().splitlines()[-1]}",
              file=sys.stderr)
        return {}
    scores = {}
    for line in answer.stdout.splitlines()[1:]:
        name, score = line.split("\t")[:2]
        scores[name.replace(".tsv", "")] = float(score)
    return scores


def measure_one(options, trainer, settings, corpus, tokens):
    """A row of results of one training."""
    output = os.path.join(options.work, f"{trainer.name}_vectors")
    training = trainer.train(corpus, settings, output)
    rate, cpu_rate = training.rates(tokens * settings.epochs)
    row = {"trainer": trainer.name}
    row.update(vars(settings))
    row.update({
        "tokens_per_second": round(rate),
        "tokens_per_second_thread": round(rate / settings.threads),
        "tokens_per_cpu_second": round(cpu_rate),
        "train_seconds": round(training.train_wall, 3),
        "train_cpu_seconds": round(training.train_cpu, 3),
        "command_seconds": round(training.cost.wall, 3),
        "command_cpu_seconds": round(training.cost.cpu, 3),
        "peak_mib": round(training.cost.peak_mib, 1)})
    row.update(quality(options, training.vectors))
    return row


def all_settings(options, seed):
    for dim in options.dim:
        for objective in options.objectives:
            for threads in options.threads:
                yield trainers.Settings(
                    objective=objective, dim=dim, window=options.window,
                    negatives=options.negatives, epochs=options.epochs,
                    min_count=options.min_count, subsample=options.subsample,
                    learning_rate=options.cbow_learning_rate
                    if objective == "cbow" else options.learning_rate,
                    threads=threads, seed=seed)


def write_results(options, rows):
    tables.write_tsv(os.path.join(options.work, "train_runs.tsv"), rows)
    with open(os.path.join(options.work, "train.md"), "w",
              encoding="utf-8") as file:
        file.write(tables.markdown(summarize(rows)))


def measure_all(options, corpus):
    tokens = corpora.kept_tokens(corpus, options.min_count)
    present = present_trainers(options)
    peer_runs = options.runs if options.peer_runs is None else options.peer_runs
    rows = []
    for seed in range(1, options.runs + 1):
        for settings in all_settings(options, seed):
            for trainer in present:
                if trainer.name != "embed" and seed > peer_runs:
                    continue
                rows.append(
                    measure_one(options, trainer, settings, corpus, tokens))
                write_results(options, rows)
                print(f"run {seed}: {settings.objective} dim {settings.dim}, "
                      f"{settings.threads} threads, {trainer.name}: "
                      f"{rows[-1]['tokens_per_second']} tokens/s",
                      file=sys.stderr)
    return rows


def ratio(ours, theirs, name):
    """Of the medians of a column; blank beside ourselves or without us."""
    if not ours or ours is theirs:
        return ""
    medians = [statistics.median(row[name] for row in runs)
               for runs in (ours, theirs)]
    return f"{medians[0] / medians[1]:.1f}x"


def summarize(rows):
    """One row for the runs that differ in nothing but the seed."""
    groups = {}
    for row in rows:
        key = tuple(row[name] for name in ("objective", "dim", "threads",
                                           "trainer"))
        groups.setdefault(key, []).append(row)
    summary = []
    for key, runs in groups.items():
        def cell(name, digits=1, scale=1.0, among=runs):
            return median_and_range([row[name] * scale for row in among],
                                    digits)
        objective, dim, threads, trainer = key
        ours = groups.get((objective, dim, threads, "embed"))
        line = {
            "objective": objective, "dim": dim, "threads": threads,
            "trainer": trainer,
            "k tokens/s and thread": cell("tokens_per_second_thread", 0, 1e-3),
            "k tokens/CPU s": cell("tokens_per_cpu_second", 0, 1e-3),
            "ours / this, by clock": ratio(ours, runs, "tokens_per_second"),
            "by CPU": ratio(ours, runs, "tokens_per_cpu_second"),
            "command s": cell("command_seconds"),
            "command CPU s": cell("command_cpu_seconds"),
            "peak MiB": cell("peak_mib", 0)}
        for name in ("ws353", "rw", "google_analogy"):
            if all(name in row for row in runs):
                line[name] = cell(name)
        summary.append(line)
    return summary


def main():
    options = parse_options()
    os.makedirs(options.work, exist_ok=True)
    corpus = corpora.english(options.data, options.work, options.megabytes)
    try:
        rows = measure_all(options, corpus)
    except RuntimeError as error:
        sys.exit(f"error: {error}")
    print(tables.markdown(summarize(rows)), end="")


if __name__ == "__main__":
    main()
