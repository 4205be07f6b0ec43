#!/usr/bin/python3
"""Recall of an INT8 index against exact search over the float32 vectors.

usage: eval_recall.py INDEX VECTORS [--queries 2000] [--k 10] [--embedquery PATH]

Asks embedquery for the neighbors of evenly spaced keys and compares them with
the k keys of largest cosine by brute force in float32, the query left out.
Prints recall@1, recall@k and the largest error of a score.
"""
import argparse
import subprocess

import numpy as np

from vectors import read_vectors


def ask(options, queries):
    answer = subprocess.run(
        [options.embedquery, "--index", options.index, "--k", str(options.k)],
        input="\n".join(queries) + "\n", capture_output=True, text=True,
        check=True)
    found = {}
    for line in answer.stdout.split("\n"):
        if line:
            query, _, key, score = line.split("\t")
            found.setdefault(query, []).append((key, float(score)))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("index")
    parser.add_argument("vectors")
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--embedquery", default="embedquery")
    options = parser.parse_args()
    keys, unit = read_vectors(options.vectors)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    row_of = {key: row for row, key in enumerate(keys)}
    chosen = np.unique(np.linspace(0, len(keys) - 1, options.queries).astype(int))
    found = ask(options, [keys[row] for row in chosen])
    first = same = 0
    error = 0.0
    for row in chosen:
        scores = unit @ unit[row]
        scores[row] = -np.inf
        best = np.argpartition(-scores, options.k)[:options.k]
        best = best[np.argsort(-scores[best])]
        answers = found[keys[row]]
        first += answers[0][0] == keys[best[0]]
        same += len({keys[i] for i in best} & {key for key, _ in answers})
        error = max(error, max(abs(scores[row_of[key]] - score)
                               for key, score in answers))
    print(f"rows\tqueries\trecall@1\trecall@{options.k}\tscore_error")
    print(f"{len(keys)}\t{len(chosen)}\t{first / len(chosen):.4f}\t"
          f"{same / len(chosen) / options.k:.4f}\t{error:.5f}")


if __name__ == "__main__":
    main()
