#!/usr/bin/python3
"""embedquery serves index files that stock FAISS wrote.

usage: faiss_files_python.py BIN_DIR

Writes Flat, SQ8, HNSW and IVF files with FAISS from Python, in both metrics and
with ids of its own, and compares the answers of embedquery with those of FAISS's
own search for the same vector. Exit code 77 (skipped) without FAISS.
"""
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

ROWS, DIM, K = 800, 12, 7
KINDS = ["Flat", "SQ8", "HNSW8", "HNSW8,SQ8", "IVF20,Flat", "IVF20,SQ8",
         "IDMap,Flat", "IDMap,IVF20,SQ8", "RR12,SQ8"]


def make(kind, metric, vectors, ids):
    if kind == "HNSW8,SQ8":
        # Its constructor in Python takes no metric: L2.
        index = faiss.IndexHNSWSQ(DIM, faiss.ScalarQuantizer.QT_8bit, 8)
    else:
        index = faiss.index_factory(DIM, kind, metric)
    index.train(vectors)
    if "IVF" in kind or "IDMap" in kind:
        index.add_with_ids(vectors, ids)
    else:
        ids = np.arange(ROWS)
        index.add(vectors)
    if "IVF" in kind:
        faiss.extract_index_ivf(index).nprobe = 5
    return index, ids


def ask(tools, path, keys, *flags):
    done = subprocess.run(
        [tools / "embedquery", f"--index={path}", f"--k={K}", *flags,
         *map(str, keys)],
        check=True, capture_output=True, text=True)
    answers = {}
    for line in done.stdout.splitlines():
        query, _, key, score = line.split("\t")
        answers.setdefault(int(query), []).append((int(key), float(score)))
    return answers


def stored(index, exact, row):
    """The vector as the index holds it: the one that embedquery asks for."""
    if exact is not None:
        return exact[row]
    return index.reconstruct(row)


def check(tools, folder, kind, metric, vectors, ids):
    index, ids = make(kind, metric, vectors, ids)
    path = folder / "stock.faiss"
    faiss.write_index(index, str(path))
    # Quantised lists in FAISS give vectors back by list and place only.
    flat = vectors if "Flat" in kind or kind == "HNSW8" else None
    if flat is None and "IVF" in kind:
        return check_lists(tools, path, index, ids)
    rows = [3, 77, 401]
    answers = ask(tools, path, [ids[row] for row in rows])
    for row in rows:
        query = stored(index, flat, row)[None]
        distances, labels = index.search(query, K + 1)
        expected = [(label, distance)
                    for label, distance in zip(labels[0], distances[0])
                    if label != ids[row]][:K]
        compare(answers[ids[row]], expected, kind)
    filtered = ask(tools, path, [ids[3]], "--filter=prefix=1")
    keys = [key for key, _ in filtered[ids[3]]]
    assert len(keys) == K and all(str(key)[0] == "1" for key in keys), keys
    return None


def check_lists(tools, path, index, ids):
    """IVF with 8 bits: by its vectors, taken from a copy that has a map."""
    copy = faiss.read_index(str(path))
    lists = faiss.extract_index_ivf(copy)
    vectors = {}
    for number in range(lists.nlist):
        size = lists.invlists.list_size(number)
        names = faiss.rev_swig_ptr(lists.invlists.get_ids(number), size)
        for place, name in enumerate(names):
            row = np.empty(DIM, "f")
            lists.reconstruct_from_offset(number, place,
                                          faiss.swig_ptr(row))
            vectors[int(name)] = row
    inner = int(next(iter(vectors)))
    label = int(ids[inner]) if isinstance(
        faiss.downcast_index(copy), faiss.IndexIDMap) else inner
    answers = ask(tools, path, [label])
    distances, labels = index.search(vectors[inner][None], K + 1)
    expected = [(name, distance)
                for name, distance in zip(labels[0], distances[0])
                if name != label][:K]
    compare(answers[label], expected, "IVF,SQ8")


def compare(found, expected, kind):
    assert len(found) == len(expected), (kind, found, expected)
    for (key, score), (label, distance) in zip(found, expected):
        assert abs(score - distance) < 2e-4 * (1 + abs(distance)), (
            kind, found, expected)
    assert {key for key, _ in found} == {label for label, _ in expected}, (
        kind, found, expected)


def main():
    tools = Path(sys.argv[1])
    random = np.random.default_rng(3)
    vectors = random.normal(size=(ROWS, DIM)).astype("f")
    ids = random.permutation(10 * ROWS)[:ROWS].astype("int64")
    with tempfile.TemporaryDirectory() as name:
        for kind in KINDS:
            for metric in (faiss.METRIC_L2, faiss.METRIC_INNER_PRODUCT):
                check(tools, Path(name), kind, metric, vectors, ids)
        other = faiss.index_factory(DIM, "PQ4x4")
        other.train(vectors)
        other.add(vectors)
        path = Path(name) / "pq.faiss"
        faiss.write_index(other, str(path))
        done = subprocess.run([tools / "embedquery", f"--index={path}", "1"],
                              capture_output=True, text=True)
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done
        assert "IxPq" in done.stderr, done
    print(f"{len(KINDS)} kinds of files, 2 metrics: as FAISS finds them")


if __name__ == "__main__":
    main()
