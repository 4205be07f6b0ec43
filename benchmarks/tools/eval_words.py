#!/usr/bin/python3
"""Word similarity and analogies, by the usual protocols.

usage: eval_words.py VECTORS [--similarity FILE ...] [--analogies FILE] [--restrict N]

Similarity: Spearman correlation of cosine with the given scores, over pairs
whose words both have vectors. Analogies (3CosAdd): only the N most frequent
words (the first N rows) take part; a question counts when its four words do;
the three given words are not answers. Prints TSV.
"""
import argparse

import numpy as np
from scipy.stats import spearmanr

from vectors import read_vectors


def similarity(path, index, unit):
    ours, theirs, total = [], [], 0
    for line in open(path, encoding="utf-8"):
        first, second, score = line.rstrip("\n").split("\t")[:3]
        total += 1
        if first in index and second in index:
            ours.append(float(unit[index[first]] @ unit[index[second]]))
            theirs.append(float(score))
    return spearmanr(ours, theirs).correlation, len(ours), total


def analogies(path, index, unit, restrict):
    questions, total = [], 0
    for line in open(path, encoding="utf-8"):
        words = line.rstrip("\n").split("\t")[1:5]
        total += 1
        ids = [index.get(word, restrict) for word in words]
        if max(ids) < restrict:
            questions.append(ids)
    table = unit[:restrict]
    right = 0
    for begin in range(0, len(questions), 512):
        part = np.array(questions[begin:begin + 512])
        a, b, c, d = part.T
        scores = (table[b] - table[a] + table[c]) @ table.T
        rows = np.arange(len(part))
        for given in (a, b, c):
            scores[rows, given] = -np.inf
        right += int((scores.argmax(axis=1) == d).sum())
    return right / max(1, len(questions)), len(questions), total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vectors")
    parser.add_argument("--similarity", nargs="*", default=[])
    parser.add_argument("--analogies")
    parser.add_argument("--restrict", type=int, default=30000)
    options = parser.parse_args()
    keys, values = read_vectors(options.vectors)
    keep = [row for row, key in enumerate(keys) if key != "</s>"]
    keys = [keys[row] for row in keep]
    unit = values[keep]
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    index = {key: row for row, key in enumerate(keys)}
    print("set\tscore\tused\ttotal")
    for path in options.similarity:
        score, used, total = similarity(path, index, unit)
        print(f"{path.rsplit('/', 1)[-1]}\t{100 * score:.2f}\t{used}\t{total}")
    if options.analogies:
        score, used, total = analogies(options.analogies, index, unit,
                                       min(options.restrict, len(keys)))
        name = options.analogies.rsplit("/", 1)[-1]
        print(f"{name}\t{100 * score:.2f}\t{used}\t{total}")


if __name__ == "__main__":
    main()
