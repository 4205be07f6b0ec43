#!/usr/bin/python3
"""Whether huge pages pay: embedtrain with and without them, alternating.

usage: benchmarks/train.sh --huge_pages [DATA [WORK]] [OPTION...]

Trains on a text made by zipf_corpus.py (DATA is not read), one epoch, all words
kept, dim 128, window 5, 5 negatives. Prints the rates of each run and the
median of their ratios, and writes WORK/huge_pages.tsv.
"""
import argparse
import os
import sys

import corpora
import tables
import trainers
from measure import median_and_range


def parse_options():
    parser = argparse.ArgumentParser(
        prog="benchmarks/train.sh --huge_pages", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("data")
    add("work")
    add("--embedtrain", required=True, help=argparse.SUPPRESS)
    add("--vocabulary", type=int, default=1000000)
    add("--zipf_tokens", type=int, default=20000000)
    add("--dim", type=int, default=128)
    add("--threads", type=int, default=1)
    add("--runs", type=int, default=5)
    return parser.parse_args()


def rates(trainer, corpus, settings, options):
    """Tokens a second and a CPU second of one training."""
    training = trainer.train(corpus, settings,
                             os.path.join(options.work, "huge_pages"),
                             keep_vectors=False)
    return training.rates(options.zipf_tokens)


def one_run(options, corpus, run):
    settings = trainers.Settings(dim=options.dim, min_count=1,
                                 threads=options.threads, seed=run)
    wrapper = [sys.executable,
               os.path.join(os.path.dirname(__file__), "no_huge_pages.py")]
    variants = [("with", trainers.Embed(options.embedtrain)),
                ("without", trainers.Embed(options.embedtrain, wrapper))]
    if run % 2 == 0:  # neither is always first
        variants.reverse()
    row = {"run": run}
    measured = {name: rates(trainer, corpus, settings, options)
                for name, trainer in variants}
    for name in ("with", "without"):
        row[f"tokens_per_second_{name}"] = round(measured[name][0])
        row[f"tokens_per_cpu_second_{name}"] = round(measured[name][1])
    return row


def main():
    options = parse_options()
    os.makedirs(options.work, exist_ok=True)
    problem = trainers.Embed(options.embedtrain).missing()
    if problem:
        sys.exit(f"error: {problem}")
    corpus = corpora.zipf(options.work, options.vocabulary, options.zipf_tokens)
    try:
        rows = [one_run(options, corpus, run)
                for run in range(1, options.runs + 1)]
    except RuntimeError as error:
        sys.exit(f"error: {error}")
    tables.write_tsv(os.path.join(options.work, "huge_pages.tsv"), rows)
    print(tables.markdown(rows), end="")
    for clock in ("second", "cpu_second"):
        ratios = [row[f"tokens_per_{clock}_with"] /
                  row[f"tokens_per_{clock}_without"] for row in rows]
        print(f"\ntokens_per_{clock} with huge pages over without, median "
              f"(least - largest): {median_and_range(ratios, 3)}")


if __name__ == "__main__":
    main()
