#!/usr/bin/python3
"""Recall@10 by FAISS of a file that embedconvert --codec faiss8 made.

usage: faiss8_recall.py VECTORS.bin INDEX.faiss

VECTORS.bin: the vectors as word2vec binary (--export bin). 300 rows are asked
for their 10 nearest others; the same is done with a scalar quantiser of 8 bits
that FAISS trains on these rows at length 1.
"""
import sys

import faiss
import numpy as np

K, QUERIES = 10, 300


def read_vectors(path):
    data = open(path, "rb").read()
    start = data.index(b"\n") + 1
    rows, dim = map(int, data[:start].split())
    vectors = np.empty((rows, dim), "f")
    for row in vectors:
        start = data.index(b" ", start) + 1
        row[:] = np.frombuffer(data, "<f4", dim, start)
        start += 4 * dim
        start += data[start:start + 1] == b"\n"
    return vectors


def main():
    vectors = read_vectors(sys.argv[1])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = np.random.default_rng(1).choice(len(unit), QUERIES, False)
    exact = np.argsort(-(unit[queries] @ unit.T), axis=1)[:, :K + 1]

    def recall(index):
        found = index.search(unit[queries], K + 1)[1]
        return np.mean([
            len((set(f) - {q}) & (set(e) - {q})) / K
            for f, e, q in zip(found, exact, queries)
        ])

    trained = faiss.IndexScalarQuantizer(
        unit.shape[1], faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT)
    trained.train(unit)
    trained.add(unit)
    print(f"faiss8 {recall(faiss.read_index(sys.argv[2])):.4f}")
    print(f"FAISS's own training {recall(trained):.4f}")


if __name__ == "__main__":
    main()
