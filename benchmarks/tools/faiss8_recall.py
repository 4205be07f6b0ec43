#!/usr/bin/python3
"""Recall@10 by FAISS of a file that embedconvert --codec faiss8 made.

usage: faiss8_recall.py VECTORS.bin INDEX.faiss [QUERIES]

VECTORS.bin: the vectors as word2vec binary (--export bin). QUERIES rows (300)
are asked for their 10 nearest others; the same is done with scalar quantisers of
8 bits that FAISS trains on these rows at length 1, one for each of its metrics.
"""
import sys

import faiss
import numpy as np

K = 10


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
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 300
    queries = np.random.default_rng(1).choice(len(unit), count, False)
    exact = np.argsort(-(unit[queries] @ unit.T), axis=1)[:, :K + 1]

    def recall(index):
        found = index.search(unit[queries], K + 1)[1]
        return np.mean([
            len((set(f) - {q}) & (set(e) - {q})) / K
            for f, e, q in zip(found, exact, queries)
        ])

    print(f"faiss8 {recall(faiss.read_index(sys.argv[2])):.4f}")
    for name, metric in (("inner product", faiss.METRIC_INNER_PRODUCT),
                         ("L2", faiss.METRIC_L2)):
        trained = faiss.IndexScalarQuantizer(
            unit.shape[1], faiss.ScalarQuantizer.QT_8bit, metric)
        trained.train(unit)
        trained.add(unit)
        print(f"FAISS's own training, {name} {recall(trained):.4f}")


if __name__ == "__main__":
    main()
