#!/usr/bin/python3
"""Stock FAISS opens what embedconvert --codec faiss8 writes.

usage: faiss8_python.py BIN_DIR

Converts made-up vectors, flat and with a graph, with few large values (which
call for a rotation) and without, opens the files with faiss.read_index and
compares its neighbors with exact cosines by NumPy, and with those of FAISS's
own 8-bit codec. Exit code 77 (skipped) without FAISS.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import faiss
    import numpy as np
except ImportError as error:
    print(f"SKIPPED: {error}; install python3-faiss")
    sys.exit(77)

ROWS, DIM, QUERIES, K = 3000, 32, 300, 10


def made_up_vectors(heavy):
    """Clusters around a common direction, at mixed lengths."""
    random = np.random.default_rng(5)
    centers = random.normal(size=(60, DIM))
    rows = centers[random.integers(60, size=ROWS)] + 1.5 * centers[0]
    rows += 0.7 * random.normal(size=rows.shape)
    if heavy:
        rows[np.arange(ROWS), random.integers(3, size=ROWS)] *= 12
    return (rows * random.uniform(0.1, 5, size=(ROWS, 1))).astype("f")


def recall(found, exact):
    return np.mean([len(set(f) & set(e)) / K for f, e in zip(found, exact)])


def read_trailer(path):
    data = path.read_bytes()
    assert data[-8:] == b"EMBEDKEY"
    size = int.from_bytes(data[-16:-8], "little")
    return json.loads(data[-16 - size:-16])


def check(tools, folder, heavy, graph):
    vectors = made_up_vectors(heavy)
    keys = [f"key {i}" for i in range(ROWS)]
    vec = folder / "v.vec"
    with open(vec, "w") as out:
        out.write(f"{ROWS} {DIM}\n")
        for key, row in zip(keys, vectors):
            # Keys hold no blanks in this format.
            numbers = " ".join(repr(float(x)) for x in row)
            out.write(f"{key.replace(' ', '_')} {numbers}\n")
    path = folder / "v.faiss"
    subprocess.run(
        [tools / "embedconvert", "--codec=faiss8", "--threads=1",
         f"--index={'hnsw' if graph else 'flat'}", vec, path],
        check=True, stderr=subprocess.PIPE)

    index = faiss.read_index(str(path))
    assert (index.ntotal, index.d) == (ROWS, DIM)
    assert index.metric_type == faiss.METRIC_INNER_PRODUCT
    inner = faiss.downcast_index(index)
    turned = isinstance(inner, faiss.IndexPreTransform)
    assert turned == heavy, (turned, heavy)
    if turned:
        inner = faiss.downcast_index(inner.index)
    kind = faiss.IndexHNSWSQ if graph else faiss.IndexScalarQuantizer
    assert isinstance(inner, kind), inner
    if graph:
        inner.hnsw.efSearch = 200

    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit[:QUERIES] @ unit.T
    exact = np.argsort(-cosines, axis=1)[:, :K]
    scores, found = index.search(unit[:QUERIES], K)
    ours = recall(found, exact)
    error = np.abs(scores - np.take_along_axis(cosines, found, 1)).max()

    # FAISS's own training of the same codec, on the same unit rows.
    stock = faiss.IndexScalarQuantizer(
        DIM, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    stock.train(unit)
    stock.add(unit)
    theirs = recall(stock.search(unit[:QUERIES], K)[1], exact)
    print(f"heavy {heavy} graph {graph}: recall@{K} {ours:.4f}, "
          f"of FAISS's training {theirs:.4f}, largest error {error:.4f}")
    assert ours >= 0.95 and ours >= theirs, (ours, theirs)
    assert error < 0.02, error
    if not graph:
        rows = np.stack([index.reconstruct(i) for i in range(ROWS)])
        lengths = np.linalg.norm(rows, axis=1)
        assert np.abs(lengths - 1).max() < 0.01, lengths
        assert np.abs(lengths - 1).mean() < 0.001, lengths

    trailer = read_trailer(path)
    assert trailer["codec"] == "faiss8"
    assert trailer["keys"] == [key.replace(" ", "_") for key in keys]


def main():
    tools = Path(sys.argv[1])
    for heavy in (False, True):
        for graph in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                check(tools, Path(folder), heavy, graph)


if __name__ == "__main__":
    main()
