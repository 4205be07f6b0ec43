#!/usr/bin/python3
"""Chinese word vectors of several methods, same settings; see words_zh.sh."""
import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import time

WINDOW, NEGATIVES, MIN_COUNT, EPOCHS, SUBSAMPLE = 5, 5, 10, 5, 1e-4
# Each method's rate is the default of its mode.
OURS = {
    "skip-gram": ["--mode=word2vec", "--learning_rate=0.025"],
    "CBOW": ["--mode=word2vec", "--arch=cbow", "--cbow_gradient=word2vec",
             "--learning_rate=0.05"],
    "fasttext mode": ["--mode=fasttext", "--ngram_min=1", "--ngram_max=2"],
    "cw2vec, context": ["--mode=cw2vec", "--output_table=context"],
    "cw2vec, input": ["--mode=cw2vec", "--output_table=input"],
    "cw2vec, both": ["--mode=cw2vec", "--output_table=both"],
}
COLUMNS = ("ws240", "ws240_used", "cos_add", "cos_mul", "analogies_used")


def corpus(data, work, lines):
    """The text as a plain file, since fasttext reads no other."""
    path = os.path.join(work, f"zh_{lines or 'all'}.txt")
    if not os.path.exists(path):
        source = os.path.join(data, "text", "zh_modern_seg.txt.zst")
        unpack = subprocess.Popen(["zstd", "-dcq", source],
                                  stdout=subprocess.PIPE)
        with open(path + ".part", "wb") as file:
            for number, line in enumerate(unpack.stdout):
                if lines and number == lines:
                    break
                file.write(line)
        unpack.stdout.close()
        unpack.wait()
        os.rename(path + ".part", path)
    return path


def embed_command(flags, text, output, options, seed):
    return [os.environ["EMBEDTRAIN"], *flags, f"--dim={options.dim}",
            f"--window={WINDOW}", f"--negatives={NEGATIVES}",
            f"--min_count={MIN_COUNT}", f"--epochs={EPOCHS}",
            f"--subsample={SUBSAMPLE}", f"--threads={options.threads}",
            f"--seed={seed}", "--progress=none", f"--output={output}", text]


def fasttext_command(text, output, options, seed):
    return ["fasttext", "skipgram", "-input", text, "-output", output, "-minn",
            "1", "-maxn", "2", "-dim", str(options.dim), "-ws", str(WINDOW),
            "-neg", str(NEGATIVES), "-minCount", str(MIN_COUNT), "-epoch",
            str(EPOCHS), "-t", str(SUBSAMPLE), "-lr", "0.05", "-thread",
            str(options.threads), "-seed", str(seed), "-verbose", "0"]


def rows(command):
    text = subprocess.run(command, check=True, capture_output=True, text=True)
    return list(csv.DictReader(text.stdout.splitlines(), delimiter="\t"))


def scores(data, model):
    tool = os.environ["EMBEDEVAL"]
    sets = os.path.join(data, "eval")
    pairs = rows([tool, "wordsim", f"--model={model}",
                  os.path.join(sets, "zh_ws240.tsv")])[0]
    analogies = rows([tool, "analogy", f"--model={model}",
                      os.path.join(sets, "zh_analogy1124.tsv")])[-1]
    return dict(zip(COLUMNS, (
        100 * float(pairs["spearman"]), int(pairs["used"]),
        100 * float(analogies["cos_add"]), 100 * float(analogies["cos_mul"]),
        int(analogies["used"]))))


def measure(command, model, data):
    begin = time.time()
    subprocess.run(command, check=True, capture_output=True)
    result = {"seconds": time.time() - begin, **scores(data, model)}
    return result


def all_runs(options):
    text = corpus(options.data, options.work, options.lines)
    methods = dict(OURS)
    if shutil.which("fasttext"):
        methods["Debian's fasttext"] = None
    else:
        print("fasttext is not installed: left out", file=sys.stderr)
    path = os.path.join(options.work, "words_zh.tsv")
    names = ["method", "dim", "seed", "seconds", *COLUMNS]
    with open(path, "w", encoding="utf-8") as file:
        table = csv.DictWriter(file, names, delimiter="\t")
        table.writeheader()
        for seed in range(1, options.runs + 1):
            for method, flags in methods.items():
                print(f"seed {seed}: {method}", file=sys.stderr, flush=True)
                output = os.path.join(options.work, "words_zh")
                if flags is None:
                    command = fasttext_command(text, output, options, seed)
                    model = output + ".vec"
                else:
                    command = embed_command(flags, text, output, options, seed)
                    model = output + ".embed"
                run = {"method": method, "dim": options.dim, "seed": seed,
                       **measure(command, model, options.data)}
                table.writerow(run)
                file.flush()
                yield run


def report(runs):
    print("| method | WordSim-240 | 3CosAdd | 3CosMul | pairs, questions | "
          "seconds |\n|---|---|---|---|---|---|")
    for method in dict.fromkeys(run["method"] for run in runs):
        own = [run for run in runs if run["method"] == method]

        def cell(column):
            values = [run[column] for run in own]
            spread = statistics.stdev(values) if len(values) > 1 else 0.0
            return f"{statistics.mean(values):.1f} ± {spread:.1f}"
        print(f"| {method} | {cell('ws240')} | {cell('cos_add')} | "
              f"{cell('cos_mul')} | {own[0]['ws240_used']}, "
              f"{own[0]['analogies_used']} | "
              f"{statistics.median(run['seconds'] for run in own):.0f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("work")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lines", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    report(list(all_runs(options)))


if __name__ == "__main__":
    main()
