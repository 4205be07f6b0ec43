"""Runs of train_gensim.py among the others."""
import json
import os

import trainers

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "train_gensim.py")


def missing():
    """Why gensim cannot run; "" if it can."""
    return trainers.Gensim().missing()


def command(text, vectors, settings):
    """Trains on `text`; `settings`: the arguments of its Word2Vec."""
    return [trainers.Gensim.python, SCRIPT, text, vectors,
            json.dumps(settings)]


def train(runs, name, text, settings):
    """Trains WORK/NAME.bin; returns (model, command, cost)."""
    model = runs.path(name + ".bin")
    arguments = command(text, model, settings)
    return model, arguments, runs.run(name, arguments, [model])


# What configs/deepwalk_blogcatalog.flags says.
DEEPWALK = {"sg": 1, "hs": 0, "negative": 5, "vector_size": 128, "window": 10,
            "epochs": 1, "min_count": 0, "sample": 0, "alpha": 0.025,
            "workers": 2, "seed": 1}


def train_on_walks(runs, walk_flags, source):
    """DeepWalk's vectors of BlogCatalog from the walks of ours; returns (model,
    commands, cost of the training)."""
    text = runs.path("walks.txt")
    write = [runs.programs["embedtrain"], runs.config("deepwalk_blogcatalog"),
             *walk_flags, "--threads=2", "--seed=1", "--progress=none",
             f"--walks_only={text}", source]
    runs.run("walks", write, [text])
    model, command, cost = train(runs, "gensim", text, DEEPWALK)
    return model, [write, command], cost
