"""Reads word2vec text (.vec) and binary (.bin) files into NumPy arrays."""
import numpy as np


def read_vectors(path):
    """Returns (keys, float32 array [rows, dim]) in file order."""
    with open(path, "rb") as file:
        rows, dim = (int(field) for field in file.readline().split())
        keys = []
        values = np.empty((rows, dim), dtype=np.float32)
        if path.endswith(".bin"):
            data = file.read()
            at = 0
            for row in range(rows):
                blank = data.index(b" ", at)
                keys.append(data[at:blank].lstrip(b"\n").decode("utf-8", "replace"))
                at = blank + 1 + 4 * dim
                values[row] = np.frombuffer(data[blank + 1:at], dtype="<f4")
        else:
            for row in range(rows):
                fields = file.readline().rstrip(b"\n").rstrip(b" ").rsplit(b" ", dim)
                keys.append(fields[0].decode("utf-8", "replace"))
                values[row] = np.array(fields[1:], dtype=np.float32)
    return keys, values
