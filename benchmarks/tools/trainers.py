"""Three trainers of word vectors behind one call, at the same settings.

All three drop a word of share f with the same formula at the same threshold t
(kept with probability sqrt(t/f) + t/f; fasttext's f counts rare words too),
draw negatives like count^0.75 (fasttext: count^0.5, it has no other) and let
the rate fall to 0. In CBOW all three add the undivided gradient to each context
(ours: --cbow_gradient word2vec). fasttext trains without character n-grams.
"""
import json
import os
import shutil
import subprocess
from dataclasses import dataclass

import measure

OBJECTIVES = ("skipgram", "cbow", "hs")  # hs: skip-gram, hierarchical softmax


@dataclass
class Settings:
    objective: str = "skipgram"
    dim: int = 128
    window: int = 5
    negatives: int = 5
    epochs: int = 1
    min_count: int = 5
    subsample: float = 1e-3
    learning_rate: float = 0.025
    threads: int = 1
    seed: int = 1


@dataclass
class Training:
    train_wall: float  # seconds of training, the vocabulary being there
    train_cpu: float
    cost: measure.Cost  # of the whole command
    vectors: str = ""  # file

    def rates(self, tokens):
        """Of `tokens` tokens: a second, and a CPU second of training.
        RuntimeError if training was too short to be told from the rest."""
        if not (self.train_wall > 0 and self.train_cpu > 0):
            raise RuntimeError("training was too short to measure; take more "
                               "text or more epochs")
        return tokens / self.train_wall, tokens / self.train_cpu


class Embed:
    name = "embed"

    def __init__(self, program, wrapper=(), flags=()):
        self.program = program
        self.flags = list(flags)  # more of them
        self.wrapper = list(wrapper)  # a command to start it through

    def missing(self):
        found = os.access(self.program, os.X_OK)
        return "" if found else f"{self.program} is not there: build it first"

    def command(self, corpus, settings, output):
        loss = "hs" if settings.objective == "hs" else "ns"
        arch = "cbow" if settings.objective == "cbow" else "skipgram"
        return self.wrapper + [
            self.program, "--mode", "word2vec", "--arch", arch, "--loss", loss,
            "--cbow_gradient", "word2vec", "--dim", str(settings.dim),
            "--window", str(settings.window),
            "--negatives", str(settings.negatives),
            "--epochs", str(settings.epochs),
            "--min_count", str(settings.min_count),
            "--subsample", repr(settings.subsample),
            "--learning_rate", repr(settings.learning_rate),
            "--threads", str(settings.threads), "--seed", str(settings.seed),
            "--progress", "json", "--output", output, "--export", "bin",
            *self.flags, corpus]

    def train(self, corpus, settings, output, keep_vectors=True):
        """keep_vectors=False: the program is stopped before it writes."""
        cost = measure.run(self.command(corpus, settings, output),
                           stop_at=None if keep_vectors else "trained ")
        # Training lasts from the last line before the first line of JSON, where
        # the plan is complete, to the last line of progress.
        first = next(at for at, line in enumerate(cost.lines)
                     if line.text.startswith("{"))
        begin = cost.lines[first - 1]
        end = [line for line in cost.lines
               if line.text.startswith('{"fraction":')][-1]
        return Training(json.loads(end.text)["seconds"], end.cpu - begin.cpu,
                        cost, output + ".bin")


class FastText:
    name = "fasttext"

    def __init__(self):
        self.preparation = {}

    def missing(self):
        found = shutil.which("fasttext")
        return "" if found else "fasttext is not installed"

    def command(self, corpus, settings, output):
        return [
            "fasttext", "cbow" if settings.objective == "cbow" else "skipgram",
            "-loss", "hs" if settings.objective == "hs" else "ns",
            "-input", corpus, "-output", output, "-minn", "0", "-maxn", "0",
            "-dim", str(settings.dim), "-ws", str(settings.window),
            "-neg", str(settings.negatives), "-epoch", str(settings.epochs),
            "-minCount", str(settings.min_count), "-t", str(settings.subsample),
            "-lr", str(settings.learning_rate),
            "-thread", str(settings.threads), "-seed", str(settings.seed),
            "-verbose", "0"]

    def train(self, corpus, settings, output):
        # A run of no epochs builds the vocabulary and writes the files: what is
        # left of the real run is training.
        nothing = Settings(**{**vars(settings), "epochs": 0})
        idle = measure.run(self.command(corpus, nothing, output))
        cost = measure.run(self.command(corpus, settings, output))
        os.remove(output + ".bin")
        return Training(cost.wall - idle.wall, cost.cpu - idle.cpu, cost,
                        output + ".vec")


class Gensim:
    name = "gensim"
    python = "/usr/bin/python3"

    def missing(self):
        found = subprocess.run([self.python, "-c", "import gensim"],
                               capture_output=True, check=False).returncode == 0
        return "" if found else f"{self.python} has no gensim (python3-gensim)"

    def command(self, corpus, settings, output):
        hierarchical = settings.objective == "hs"
        arguments = {
            "sg": int(settings.objective != "cbow"), "cbow_mean": 1,
            "hs": int(hierarchical),
            "negative": 0 if hierarchical else settings.negatives,
            "vector_size": settings.dim, "window": settings.window,
            "epochs": settings.epochs, "min_count": settings.min_count,
            "sample": settings.subsample, "alpha": settings.learning_rate,
            "workers": settings.threads, "seed": settings.seed}
        script = os.path.join(os.path.dirname(__file__), "train_gensim.py")
        return [self.python, script, corpus, output, json.dumps(arguments)]

    def train(self, corpus, settings, output):
        cost = measure.run(self.command(corpus, settings, output + ".bin"))
        seconds = json.loads(next(line.text for line in cost.lines
                                  if line.text.startswith("{")))
        return Training(seconds["wall"], seconds["cpu"], cost, output + ".bin")
