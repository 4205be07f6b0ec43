#!/usr/bin/python3
"""gensim reads what embedtrain exports and finds the neighbors we find.

usage: gensim_neighbors.py BIN_DIR KARATE_EDGELIST

Trains on the karate club, loads the .vec and .bin files with gensim and
compares its neighbors of every node with (1) a brute force over the .npy array
in double, which must agree up to ties, and (2) the INT8 index, which must agree
up to its rounding. Exit code 77 (skipped) without gensim.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
    from gensim.models import KeyedVectors
except ImportError as error:
    print(f"SKIPPED: {error}; install python3-gensim")
    sys.exit(77)

K = 10
# Two cosines nearer than this may change places: the sum of the rounding errors
# of float32 in gensim, and of INT8 in the index (measured: below 0.004).
FLOAT_TIE, INT8_TIE = 1e-5, 0.01


def check(expected, scores, answers, tie, where):
    """answers: keys by falling score; expected: cosine of each key."""
    assert len(answers) == K and len(set(answers)) == K, where
    limit = sorted(expected.values(), reverse=True)[K - 1]
    for key, score in zip(answers, scores):
        assert expected[key] >= limit - tie, (where, key, expected[key], limit)
        assert abs(expected[key] - score) <= tie, (where, key, score)
    for before, after in zip(answers, answers[1:]):
        assert expected[before] >= expected[after] - tie, (where, before, after)


def main():
    tools, karate = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        prefix = str(Path(folder) / "karate")
        subprocess.run(
            [tools / "embedtrain", "--mode", "deepwalk", "--dim", "32",
             "--walks_per_node", "20", "--threads", "1", "--progress", "none",
             "--export", "vec,bin,npy", "--output", prefix, karate],
            check=True, capture_output=True)
        array = np.load(prefix + ".npy").astype(np.float64)
        keys = Path(prefix + ".keys.txt").read_text("utf-8").split("\n")[:-1]
        text = KeyedVectors.load_word2vec_format(prefix + ".vec")
        binary = KeyedVectors.load_word2vec_format(prefix + ".bin", binary=True)
        assert text.index_to_key == keys and binary.index_to_key == keys
        assert np.array_equal(binary.vectors, array.astype(np.float32))
        assert np.array_equal(text.vectors, array.astype(np.float32))
        unit = array / np.linalg.norm(array, axis=1, keepdims=True)
        for row, key in enumerate(keys):
            expected = dict(zip(keys, unit @ unit[row]))
            del expected[key]
            for model in (text, binary):
                found = model.most_similar(key, topn=K)
                check(expected, [score for _, score in found],
                      [name for name, _ in found], FLOAT_TIE, ("gensim", key))
            lines = subprocess.run(
                [tools / "embedquery", "--index", prefix + ".faiss", "--k",
                 str(K), key], check=True, capture_output=True,
                text=True).stdout.splitlines()
            fields = [line.split("\t") for line in lines]
            check(expected, [float(field[3]) for field in fields],
                  [field[2] for field in fields], INT8_TIE, ("index", key))
    print(f"{len(keys)} nodes agree")


main()
