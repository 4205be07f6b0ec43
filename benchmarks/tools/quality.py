#!/usr/bin/python3
"""Trains every mode, evaluates it and writes RESULTS.md.

usage: benchmarks/quality.sh [DATA [WORK]] [--fast] [OPTION...]

Each section's tables go to WORK/SECTION.md as they come; RESULTS.md is all of
those that are there, so --only may add or renew some. Its charts are in the
folder results/ beside it.
"""
import argparse
import glob
import os
import shutil
import subprocess
import sys
import time

import quality_items
import quality_networks
import quality_peers
import quality_words
from cached_runs import CachedRuns

SECTIONS = {
    "blogcatalog": quality_networks.blogcatalog,
    "cora": quality_networks.cora,
    "wiki": quality_networks.wiki,
    "dblp": quality_networks.dblp,
    "typed": quality_networks.typed,
    "links": quality_networks.links,
    "items": quality_items.items,
    "end_to_end": quality_peers.end_to_end,
    "english": quality_words.english,
    "chinese": quality_words.chinese,
}
INSTRUCTIONS = (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("asimd", "NEON"))


def parse_options():
    root = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(
        prog="benchmarks/quality.sh", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("data")
    add("work")
    add("--fast", action="store_true",
        help="ten minutes: fewer walks, splits, ratios and seeds")
    add("--only", nargs="+", choices=list(SECTIONS), default=[])
    add("--seeds", type=int, help="trainings of each kind (default: 3)")
    add("--splits", type=int, help="of the labels (default: 10)")
    add("--ratios", type=int, nargs="+",
        help="percent of the nodes known, 50 among them (default: 10 ... 90)")
    add("--word_dims", type=int, nargs="+",
        help="of words (default: 100, of Chinese 300, too)")
    add("--word_seeds", type=int,
        help="trainings of words with up to 299 numbers (default: 3)")
    add("--large_word_seeds", type=int, default=3,
        help="of words with 300 numbers and more (default: 3)")
    add("--leave_out", nargs="+", default=[], metavar="METHOD",
        help="rows of the tables of words")
    add("--threads", type=int, default=os.cpu_count())
    add("--output", help="the page (default: benchmarks/RESULTS.md; with "
        "--fast WORK/RESULTS.md)")
    options = parser.parse_args()
    options.only = options.only or [
        name for name in SECTIONS if not (options.fast and name == "dblp")]
    options.data = os.path.abspath(options.data)
    options.work = os.path.abspath(options.work)
    options.root = root
    options.seeds = options.seeds or (1 if options.fast else 3)
    options.word_seeds = options.word_seeds or (1 if options.fast else 3)
    options.splits = options.splits or (3 if options.fast else 10)
    options.ratios = options.ratios or (
        [10, 50, 90] if options.fast else quality_networks.RATIOS)
    if 50 not in options.ratios:
        parser.error("--ratios must have 50 among them")
    options.output = os.path.abspath(options.output or (
        os.path.join(options.work, "RESULTS.md") if options.fast
        else os.path.join(root, "benchmarks", "RESULTS.md")))
    return options


def machine():
    """The kind of machine, in neutral words."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = file.read().lower().split()
    best = next((name for flag, name in INSTRUCTIONS if flag in flags),
                "no vector instructions known here")
    return f"{os.cpu_count()} cores, {os.uname().machine} with {best}"


def write_page(options, minutes):
    page = [
        "# Results",
        "Written by `benchmarks/quality.sh DATA WORK"
        f"{' --fast' if options.fast else ''}` on a machine with {machine()}; "
        f"trained with {options.threads} threads unless a command says "
        "otherwise. More than one thread gives slightly different vectors each "
        "time. Every table is followed by the commands that made it: DATA is "
        "the folder of data, WORK that of the results, SEED is 1, 2, ... F1, "
        "AUC and precision are percentages. `A ± B`: mean and standard "
        "deviation over all splits and seeds; the numbers of another run of "
        "the same commands lie as far apart."]
    if options.fast:
        page.append(f"Made in {minutes:.1f} minutes.")
    for section in SECTIONS:
        path = os.path.join(options.work, section + ".md")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                page.append(file.read().strip())
    with open(options.output, "w", encoding="utf-8") as file:
        file.write("\n\n".join(page) + "\n")
    pictures = os.path.join(os.path.dirname(options.output), "results")
    os.makedirs(pictures, exist_ok=True)
    for picture in glob.glob(os.path.join(options.work, "charts", "*.svg")):
        shutil.copy(picture, pictures)


def main():
    options = parse_options()
    os.makedirs(options.work, exist_ok=True)
    runs = CachedRuns(options.data, options.work, options.root,
                      os.environ["EMBEDTRAIN"], os.environ["EMBEDEVAL"])
    failed = False
    start = time.monotonic()
    for section in options.only:
        try:
            text = SECTIONS[section](options, runs)
        except (RuntimeError, subprocess.CalledProcessError) as error:
            print(f"error: {section}: {error}", file=sys.stderr)
            failed = True
            continue
        with open(os.path.join(options.work, section + ".md"), "w",
                  encoding="utf-8") as file:
            file.write(text)
        write_page(options, (time.monotonic() - start) / 60)
    print(options.output)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
