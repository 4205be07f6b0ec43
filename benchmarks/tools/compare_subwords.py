#!/usr/bin/python3
"""Compares the speed of composed training with fasttext's.

usage: benchmarks/subwords.sh [DATA [WORK]] [OPTION...]   (--help lists them)

A row a task and program: the n-grams that a trained word has on average (for
fasttext its own vector too), and thousand tokens a second of training alone,
the median of the runs. Tokens are those of words kept, before subsampling.
"""
import argparse
import collections
import json
import math
import os
import statistics
import subprocess
import sys

import measure
import tables

SUBSAMPLE = 1e-4


def parse_options():
    parser = argparse.ArgumentParser(
        prog="benchmarks/subwords.sh", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("data")
    add("work")
    add("--embedtrain", required=True, help=argparse.SUPPRESS)
    add("--english_megabytes", type=int, default=20)
    add("--chinese_megabytes", type=int, default=10)
    add("--runs", type=int, default=3, help="of ours, half before fasttext's")
    add("--dim", type=int, default=100)
    add("--epochs", type=int, default=1)
    add("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def unpacked(options, name, megabytes):
    """The first megabytes of a text of DATA, whole lines; 0: all."""
    source = os.path.join(options.data, "text", name + ".zst")
    if not os.path.exists(source):
        sys.exit(f"error: {source} is missing")
    with subprocess.Popen(["zstd", "-dcq", source],
                          stdout=subprocess.PIPE) as unpacker:
        text = unpacker.stdout.read(megabytes * 1000000 or -1)
        unpacker.stdout.close()
    path = os.path.join(options.work, name)
    with open(path, "wb") as file:
        file.write(text[:text.rindex(b"\n") + 1])
    return path


def write_as_strokes(table, path, output):
    """Each word as the strokes of its characters, as it is if it has none."""
    with open(table, encoding="utf-8") as file:
        strokes = dict(line.split("\t")[:2] for line in file)
    with open(path, encoding="utf-8") as source, \
            open(output, "w", encoding="utf-8") as file:
        for line in source:
            words = ("".join(strokes.get(c, "") for c in word) or word
                     for word in line.split())
            file.write(" ".join(words) + "\n")
    return output


def kept_words(path, min_count):
    counts = collections.Counter()
    with open(path, encoding="utf-8") as file:
        for line in file:
            counts.update(line.split())
    return {word: count for word, count in counts.items() if count >= min_count}


def mean_ngrams(words, features):
    """Over the occurrences that subsampling leaves."""
    total = sum(words.values())
    weights = {word: count * min(1, math.sqrt(SUBSAMPLE * total / count)
                                 + SUBSAMPLE * total / count)
               for word, count in words.items()}
    return (sum(weight * features(word) for word, weight in weights.items())
            / sum(weights.values()))


def windows(length, low, high):
    return sum(max(0, length - n + 1) for n in range(low, high + 1))


def embed_seconds(options, flags, path):
    output = os.path.join(options.work, "embed")
    cost = measure.run(
        [options.embedtrain, *flags, f"--dim={options.dim}",
         f"--epochs={options.epochs}", f"--threads={options.threads}",
         "--progress=json", f"--output={output}", path], stop_at="trained ")
    lines = [line.text for line in cost.lines
             if line.text.startswith('{"fraction":')]
    return json.loads(lines[-1])["seconds"]


def fasttext_seconds(options, flags, path):
    """Without reading, counting, setting up and writing: less no epochs."""
    output = os.path.join(options.work, "fasttext")
    walls = [measure.run(
        ["fasttext", "skipgram", "-input", path, "-output", output,
         "-dim", str(options.dim), "-epoch", str(epochs),
         "-thread", str(options.threads), "-bucket", "2000000", "-lr", "0.05",
         "-t", str(SUBSAMPLE), "-verbose", "0", *flags]).wall
             for epochs in (0, options.epochs)]
    for name in (".bin", ".vec"):
        os.remove(output + name)
    return walls[1] - walls[0]


def compare(options, task, ours, theirs):
    """ours, theirs: flags, text, least count, and n-grams of a word."""
    before = (options.runs + 1) // 2
    seconds = [embed_seconds(options, *ours[:2]) for _ in range(before)]
    peer = fasttext_seconds(options, *theirs[:2])
    seconds += [embed_seconds(options, *ours[:2])
                for _ in range(options.runs - before)]
    rows = []
    for name, (_, path, least, features), times in (
            ("embed", ours, seconds), ("fasttext", theirs, [peer])):
        words = kept_words(path, least)
        tokens = sum(words.values()) * options.epochs
        rows.append({
            "task": task, "program": name,
            "n-grams a word": f"{mean_ngrams(words, features):.0f}",
            "thousand tokens a second": measure.median_and_range(
                [tokens / time / 1000 for time in times], 0),
            "rate": tokens / statistics.median(times)})
    rates = [row.pop("rate") for row in rows]
    for row, rate in zip(rows, rates):
        row["times fasttext"] = f"{rate / rates[1]:.1f}"
    return rows


def subwords(word):
    return 1 + windows(len(word) + 2, 3, 6)


def main():
    options = parse_options()
    english = unpacked(options, "en_wiki.txt", options.english_megabytes)
    chinese = unpacked(options, "zh_modern_seg.txt", options.chinese_megabytes)
    table = unpacked(options, "strokes.tsv", 0)
    as_strokes = write_as_strokes(table, chinese, chinese + ".strokes")
    with open(table, encoding="utf-8") as file:
        strokes = {line[0]: len(line.split("\t")[1]) for line in file}
    rows = compare(
        options, "fasttext, English",
        (["--mode=fasttext"], english, 5, subwords),
        (["-minn", "3", "-maxn", "6", "-minCount", "5"], english, 5, subwords))
    rows += compare(
        options, "cw2vec, Chinese",
        (["--mode=cw2vec", f"--strokes={table}"], chinese, 10,
         lambda word: windows(sum(strokes.get(c, 0) for c in word), 3, 12)),
        (["-minn", "3", "-maxn", "12", "-minCount", "10"], as_strokes, 10,
         lambda word: 1 + windows(len(word) + 2, 3, 12)))
    tables.write_tsv(os.path.join(options.work, "subwords.tsv"), rows)
    print(tables.markdown(rows), end="")


if __name__ == "__main__":
    main()
