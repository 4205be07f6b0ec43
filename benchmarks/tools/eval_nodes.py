#!/usr/bin/python3
"""Multi-label node classification as in the DeepWalk paper.

usage: eval_nodes.py VECTORS LABELS [--train 0.5] [--splits 5] [--c 1.0] [--normalize]

One-vs-rest logistic regression (L2) on the vectors; each test node gets as
many labels as it really has (the number is given), the most probable ones.
Prints the mean and the spread of Micro- and Macro-F1 over the splits.
"""
import argparse

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer

from vectors import read_vectors


def read_labels(path):
    labels = {}
    for line in open(path, encoding="utf-8"):
        node, names = line.rstrip("\n").split("\t")[:2]
        labels[node] = names.split(",")
    return labels


def one_split(features, targets, share, seed, c):
    order = np.random.RandomState(seed).permutation(len(features))
    cut = int(share * len(features))
    train, test = order[:cut], order[cut:]
    model = OneVsRestClassifier(
        LogisticRegression(C=c, solver="liblinear", max_iter=1000))
    model.fit(features[train], targets[train])
    scores = model.predict_proba(features[test])
    predicted = np.zeros_like(targets[test])
    for row, count in enumerate(targets[test].sum(axis=1)):
        predicted[row, np.argsort(-scores[row])[:count]] = 1
    return (f1_score(targets[test], predicted, average="micro"),
            f1_score(targets[test], predicted, average="macro", zero_division=0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vectors")
    parser.add_argument("labels")
    parser.add_argument("--train", type=float, default=0.5)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--c", type=float, default=1.0)
    parser.add_argument("--normalize", action="store_true",
                        help="scale each vector to length 1 first")
    options = parser.parse_args()
    keys, values = read_vectors(options.vectors)
    labels = read_labels(options.labels)
    rows = [row for row, key in enumerate(keys) if key in labels]
    features = values[rows]
    if options.normalize:
        features /= np.maximum(
            np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    targets = MultiLabelBinarizer().fit_transform(
        [labels[keys[row]] for row in rows])
    results = 100 * np.array([
        one_split(features, targets, options.train, seed, options.c)
        for seed in range(options.splits)])
    print("nodes\ttrain\tsplits\tmicro_f1\tspread\tmacro_f1\tspread")
    mean, spread = results.mean(axis=0), results.std(axis=0)
    print(f"{len(rows)}\t{options.train}\t{options.splits}\t{mean[0]:.2f}\t"
          f"{spread[0]:.2f}\t{mean[1]:.2f}\t{spread[1]:.2f}")


if __name__ == "__main__":
    main()
