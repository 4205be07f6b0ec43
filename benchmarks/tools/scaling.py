#!/usr/bin/python3
"""How the speed of embedtrain depends on each setting.

usage: benchmarks/train.sh --scaling [DATA [WORK]] [OPTION...]

Changes one setting at a time, the others as in word2vec mode (dim 128, window
5, 5 negatives, subsample 1e-3), skip-gram, one epoch: dim, window, negatives,
corpus and threads on en_wiki, vocabulary on texts made by zipf_corpus.py, all
words kept. Writes WORK/scaling.tsv (medians over the runs) and a plot for each
setting, WORK/scaling_*.svg. Nothing is written of the models.
"""
import argparse
import os
import statistics
import sys
from dataclasses import dataclass, replace

import corpora
import svg_plot
import tables
import trainers


@dataclass
class Sweep:
    name: str  # of a field of trainers.Settings, or vocabulary, corpus
    label: str
    values: list
    log_x: bool = False


@dataclass
class Point:
    """One setting to measure, and what it gave."""
    sweep: str
    value: int
    corpus: str
    settings: trainers.Settings
    rates: list  # tokens a second, one a run
    cpu_rates: list  # tokens a CPU second


def parse_options():
    parser = argparse.ArgumentParser(
        prog="benchmarks/train.sh --scaling", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("data")
    add("work")
    add("--embedtrain", required=True, help=argparse.SUPPRESS)
    add("--megabytes", type=int, default=30,
        help="of en_wiki where its size is not what changes; 0: all")
    add("--zipf_tokens", type=int, default=20000000)
    add("--runs", type=int, default=1)
    add("--threads", type=int, nargs="+", default=[1, 2])
    add("--sweeps", nargs="+", help="only these: dim window negatives "
        "vocabulary corpus threads")
    add("--dim", type=int, nargs="+", default=[64, 100, 128, 200, 256, 300])
    add("--window", type=int, nargs="+", default=[2, 5, 10])
    add("--negatives", type=int, nargs="+", default=[2, 5, 10, 20])
    add("--vocabulary", type=int, nargs="+",
        default=[10000, 50000, 100000, 500000, 1000000, 2000000])
    add("--corpus", type=int, nargs="+", default=[8, 16, 32, 64, 128],
        help="megabytes of en_wiki")
    return parser.parse_args()


def all_sweeps(options):
    sweeps = [
        Sweep("dim", "dim", options.dim),
        Sweep("window", "window", options.window),
        Sweep("negatives", "negatives", options.negatives),
        Sweep("vocabulary", "words of the vocabulary", options.vocabulary,
              True),
        Sweep("corpus", "MB of text", options.corpus, True),
        Sweep("threads", "threads", options.threads)]
    names = [sweep.name for sweep in sweeps]
    for name in options.sweeps or ():
        if name not in names:
            sys.exit(f"error: --sweeps: {name} is none of {' '.join(names)}")
    return [sweep for sweep in sweeps
            if not options.sweeps or sweep.name in options.sweeps]


def corpus_of(options, sweep, value):
    if sweep.name == "vocabulary":
        return corpora.zipf(options.work, value, options.zipf_tokens)
    megabytes = value if sweep.name == "corpus" else options.megabytes
    return corpora.english(options.data, options.work, megabytes)


def points_of(options, sweep):
    for value in sweep.values:
        settings = trainers.Settings(
            min_count=1 if sweep.name == "vocabulary" else 5)
        if hasattr(settings, sweep.name):
            settings = replace(settings, **{sweep.name: value})
        counts = [value] if sweep.name == "threads" else options.threads
        for threads in counts:
            yield Point(sweep.name, value, corpus_of(options, sweep, value),
                        replace(settings, threads=threads), [], [])


def measure(options, trainer, points):
    tokens = {}  # of a corpus and a min_count
    for point in points:
        key = (point.corpus, point.settings.min_count)
        if key not in tokens:
            tokens[key] = corpora.kept_tokens(*key)
    for run in range(1, options.runs + 1):
        for point in points:
            training = trainer.train(
                point.corpus, replace(point.settings, seed=run),
                os.path.join(options.work, "scaling"), keep_vectors=False)
            count = tokens[point.corpus, point.settings.min_count]
            rate, cpu_rate = training.rates(count)
            point.rates.append(rate)
            point.cpu_rates.append(cpu_rate)
            print(f"run {run}: {point.sweep} {point.value}, "
                  f"{point.settings.threads} threads: "
                  f"{point.rates[-1]:.0f} tokens/s", file=sys.stderr)


def row_of(point):
    return {"setting": point.sweep, "value": point.value,
            "threads": point.settings.threads, "runs": len(point.rates),
            "tokens_per_second": round(statistics.median(point.rates)),
            "least": round(min(point.rates)),
            "largest": round(max(point.rates)),
            "tokens_per_cpu_second":
                round(statistics.median(point.cpu_rates))}


def draw(options, sweep, points):
    series = {}
    for point in points:
        name = "embed" if sweep.name == "threads" else (
            f"{point.settings.threads} thread"
            f"{'s' if point.settings.threads > 1 else ''}")
        one = series.setdefault(name, svg_plot.Series(name, [], []))
        one.x.append(point.value)
        one.y.append(statistics.median(point.rates))
    svg_plot.plot(os.path.join(options.work, f"scaling_{sweep.name}.svg"),
                  f"Training speed and {sweep.label}", sweep.label,
                  "tokens a second", list(series.values()), sweep.log_x)


def main():
    options = parse_options()
    os.makedirs(options.work, exist_ok=True)
    trainer = trainers.Embed(options.embedtrain)
    if trainer.missing():
        sys.exit(f"error: {trainer.missing()}")
    sweeps = all_sweeps(options)
    points = [point for sweep in sweeps for point in points_of(options, sweep)]
    try:
        measure(options, trainer, points)
    except RuntimeError as error:
        sys.exit(f"error: {error}")
    rows = [row_of(point) for point in points]
    tables.write_tsv(os.path.join(options.work, "scaling.tsv"), rows)
    print(tables.markdown(rows), end="")
    for sweep in sweeps:
        draw(options, sweep, [p for p in points if p.sweep == sweep.name])


if __name__ == "__main__":
    main()
