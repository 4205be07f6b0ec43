"""Rows of results as TSV and Markdown.

A row is a dict; the columns are the keys of all rows in the order they first
appear, and a cell that a row lacks stays empty.
"""
import csv


def _columns(rows):
    return list(dict.fromkeys(name for row in rows for name in row))


def write_tsv(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _columns(rows), delimiter="\t",
                                lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def markdown(rows):
    names = _columns(rows)
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    lines += ["| " + " | ".join(str(row.get(name, "")) for name in names) + " |"
              for row in rows]
    return "\n".join(lines) + "\n"
