#!/usr/bin/python3
"""Vectors to try a server with, as a word2vec .bin file.

  serve_vectors.py ROWS DIM OUT.bin

Rows lie in clusters of 40 to 60, in a space of 32 dimensions turned into DIM,
with noise in all of them: about as hard to search as vectors of words. Keys are
0, 1, ...
"""
import sys

import numpy as np

INNER = 32
CLUSTER = 50


def main():
    rows, dim, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    random = np.random.default_rng(1)
    turn = random.standard_normal((INNER, dim)) / np.sqrt(INNER)
    centers = random.standard_normal((max(1, rows // CLUSTER), INNER))
    with open(path, "wb") as out:
        out.write(f"{rows} {dim}\n".encode())
        for first in range(0, rows, 10000):
            count = min(10000, rows - first)
            inner = centers[random.integers(len(centers), size=count)]
            inner = inner + 0.7 * random.standard_normal((count, INNER))
            block = inner @ turn + 0.3 * random.standard_normal((count, dim))
            for i, row in enumerate(block.astype("<f4")):
                out.write(f"{first + i} ".encode() + row.tobytes() + b"\n")


main()
