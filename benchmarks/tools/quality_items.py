"""Table of the vectors of items: what a recommender finds with them."""
import os
import statistics

import gensim_runs
from quality_networks import block, seedless
from quality_words import spread

CUTOFF = 10
COLUMNS = {"hit_rate": "hit rate", "ndcg": "NDCG", "mrr": "MRR",
           "coverage": "coverage"}
# What configs/item2vec_amazon_beauty.flags says, for gensim: each pair of a
# basket is a window that does not shrink and is as long as the longest one.
GENSIM = {"sg": 1, "hs": 0, "negative": 15, "vector_size": 40, "window": 1000,
          "shrink_windows": False, "epochs": 20, "min_count": 5,
          "sample": 1e-3, "alpha": 0.025, "workers": 1}


class Recommender:
    """Trains on histories and ranks each user's held-out item."""

    def __init__(self, runs, sequences, epochs):
        self.runs = runs
        self.epochs = epochs
        self.sequences = sequences
        self.histories = runs.path("beauty_kept.txt")
        self.commands = []
        command = [runs.programs["embedeval"], "recommend",
                   f"--sequences={sequences}", f"--histories={self.histories}"]
        runs.run("beauty_kept", command, [self.histories])
        self.commands.append(runs.shown(command))

    def ranks(self, name, seed, model, train):
        """Percentages by column, by method: of the vectors, of popularity."""
        rows, evaluate = self.runs.tabulate(
            f"{name}_{seed}_recommend",
            ["recommend", f"--model={model}", f"--sequences={self.sequences}",
             f"--cutoffs={CUTOFF}"])
        for command in (train, evaluate):
            self.commands.append(seedless(self.runs, command, name, seed))
        return {row["method"]: {column: 100 * float(row[column])
                                for column in COLUMNS} for row in rows}

    def epochs_flag(self):
        return ([] if self.epochs == GENSIM["epochs"]
                else [f"--epochs={self.epochs}"])

    def ours(self, seed):
        model, command, cost = self.runs.train(
            f"beauty_item2vec_{seed}", "item2vec_amazon_beauty",
            [*self.epochs_flag(), "--threads=1", f"--seed={seed}"],
            self.histories)
        return self.ranks("beauty_item2vec", seed, model, command), cost["cpu"]

    def gensim(self, seed):
        model, command, cost = gensim_runs.train(
            self.runs, f"beauty_gensim_{seed}", self.histories,
            {**GENSIM, "epochs": self.epochs, "seed": seed})
        return self.ranks("beauty_gensim", seed, model, command), cost["cpu"]


def line(title, found, cpu=None):
    """A row of the table, of one result for each seed."""
    row = {f"first {CUTOFF}": title}
    for column, shown in COLUMNS.items():
        row[shown] = spread([scores[column] for scores in found])
    row["CPU s"] = "" if cpu is None else f"{statistics.median(cpu):.1f}"
    return row


def items(options, runs):
    """item2vec on Amazon Beauty, beside gensim and popularity."""
    recommender = Recommender(
        runs, os.path.join(options.data, "sequences",
                           "amazon_beauty.seq.txt"),
        5 if options.fast else GENSIM["epochs"])
    seeds = range(1, options.seeds + 1)
    rows, note = [], []
    found, cpu = zip(*(recommender.ours(seed) for seed in seeds))
    rows.append(line("item2vec, embed",
                     [scores["vectors"] for scores in found], cpu))
    problem = gensim_runs.missing()
    if problem:
        note.append(f"gensim: skipped, {problem}.")
    else:
        theirs, cpu = zip(*(recommender.gensim(seed) for seed in seeds))
        rows.append(line("the same by gensim",
                         [scores["vectors"] for scores in theirs], cpu))
    rows.append(line("popularity", [found[0]["popularity"]]))
    return ("## Items: Amazon Beauty\n\nThe last item of each of 22,363 users "
            "is held out; all items are ranked by cosine to the mean of the "
            "user's others. Percentages; the mean over "
            f"{options.seeds} seeds and the deviation between them, one "
            "thread.\n\n" + block(rows, recommender.commands, " ".join(note)))
