#!/usr/bin/python3
"""Tables and plots of what search_bench measured (see benchmarks/search.sh).

usage: search_report.py FOLDER

Reads FOLDER/search_ROWS.tsv; writes FOLDER/search_ROWS_THREADS.svg and
FOLDER/search.md.
"""
import csv
import glob
import math
import os
import sys

import svg_plot
import tables

RECALLS = (0.90, 0.95, 0.99)
TICKS = (0.8, 0.85, 0.9, 0.95, 1.0)  # of the recall


def speed_at(points, recall):
    """Queries/s at a recall: between two measured points by the line through
    the logarithms; None if it is not reached. points: (recall, queries/s) by
    rising effort."""
    before = None
    for point in points:
        if point[0] >= recall:
            if before is None or point[0] == before[0]:
                return point[1]
            part = (recall - before[0]) / (point[0] - before[0])
            return math.exp((1 - part) * math.log(before[1]) +
                            part * math.log(point[1]))
        before = point
    return None


def read(path):
    """Of each name its lines by threads: {name: {threads: [line]}}."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    curves = {}
    for line in lines:
        curves.setdefault(line["name"], {}).setdefault(
            int(line["threads"]), []).append(line)
    return curves


def points_of(lines):
    return [(float(line["recall"]), float(line["queries_per_second"]))
            for line in lines]


def table_rows(curves):
    rows = []
    for name, by_threads in curves.items():
        last = by_threads[max(by_threads)][-1]
        row = {"": name,
               "built in, s": last["build_seconds"],
               "file, MB": f"{int(last['file_bytes']) / 1e6:.0f}",
               "peak memory, MB": f"{int(last['peak_bytes']) / 1e6:.0f}"}
        for threads, lines in by_threads.items():
            points = points_of(lines)
            for recall in RECALLS:
                speed = speed_at(points, recall)
                row[f"{recall:.2f}, {threads} thr."] = (
                    f"{speed:,.0f}" if speed else "-")
        row["highest recall"] = f"{max(recall for recall, _ in points):.3f}"
        rows.append(row)
    return rows


def draw(folder, rows, dim, threads, curves):
    series = []
    for name, by_threads in curves.items():
        seen = [point for point in points_of(by_threads[threads])
                if point[0] >= TICKS[0]]
        if seen:
            series.append(svg_plot.Series(name, [x for x, _ in seen],
                                          [y for _, y in seen]))
    if not series:
        return
    svg_plot.plot(
        os.path.join(folder, f"search_{rows}_{threads}.svg"),
        f"{rows:,} rows of dim {dim}, {threads} thread"
        f"{'s' if threads > 1 else ''}", "recall@10", "queries a second",
        series, log_y=True, ticks_x=TICKS)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: search_report.py FOLDER")
    folder = sys.argv[1]
    parts = []
    for path in glob.glob(os.path.join(folder, "search_*.tsv")):
        curves = read(path)
        if not curves:
            sys.exit(f"error: {path} has no measurements")
        by_threads = next(iter(curves.values()))
        first = next(iter(by_threads.values()))[0]
        rows, dim = int(first["rows"]), int(first["dim"])
        for threads in by_threads:
            draw(folder, rows, dim, threads, curves)
        parts.append((rows, f"{rows:,} rows of dim {dim}:\n\n" +
                      tables.markdown(table_rows(curves))))
    if not parts:
        sys.exit(f"error: {folder} has no search_ROWS.tsv")
    text = ("## Search\n\nQueries a second at recall@10 by CPU time, all of a "
            "thread's queries in one call or each in a call of its own (one by "
            "one); indexes built by two threads; peak memory is that of "
            "building and searching, without the vectors given. Indexes of "
            "embed are searched as opened from their files.\n\n" +
            "\n".join(part for _, part in sorted(parts)))
    with open(os.path.join(folder, "search.md"), "w",
              encoding="utf-8") as file:
        file.write(text)
    print(text, end="")


if __name__ == "__main__":
    main()
