"""Tables of ours beside other programs on the same walks."""
import json
import os

import trainers
from quality_networks import Classifier, block

# What configs/deepwalk_blogcatalog.flags says, for gensim.
GENSIM = {"sg": 1, "hs": 0, "negative": 5, "vector_size": 128, "window": 10,
          "epochs": 1, "min_count": 0, "sample": 0, "alpha": 0.025,
          "workers": 2, "seed": 1}


def busy_note(costs):
    """A warning if two threads got much less than two cores' time."""
    if all(cost["wall"] < 0.65 * cost["cpu"] for cost in costs):
        return ""
    return ("The machine had other work at the time: compare the CPU seconds, "
            "not those of the clock.")


def half(classifier, runs, name, model):
    """Micro- and Macro-F1 of vectors at half of the nodes."""
    rows, command = runs.evaluate(
        name, "classify", model,
        [f"--splits={classifier.splits}", "--ratios=0.5"], classifier.labels)
    return {f"{measure}-F1":
            f"{100 * float(rows[0][f'{measure.lower()}_f1']):.1f}"
            for measure in ("Micro", "Macro")}, command


def end_to_end(options, runs):
    """DeepWalk on BlogCatalog, whole commands, beside gensim on its walks."""
    classifier = Classifier(
        options, runs, "graph/blogcatalog.edges.zst",
        "graph/blogcatalog.labels", [50], options.splits)
    walks = ["--walks_per_node=10"] if options.fast else []
    model, train, ours = runs.train(
        "end_to_end", "deepwalk_blogcatalog",
        [*walks, "--threads=2", "--seed=1"], classifier.source)
    scores, evaluate = half(classifier, runs, "end_to_end_classify", model)
    rows = [{"": "embed: walks and training", "CPU s": f"{ours['cpu']:.1f}",
             "seconds": f"{ours['wall']:.1f}", **scores}]
    commands = [runs.shown(train), runs.shown(evaluate)]
    costs = [ours]
    problem = trainers.Gensim().missing()
    if problem:
        rows.append({"": f"gensim: skipped, {problem}"})
    else:
        theirs, more = gensim_rows(classifier, runs, walks, commands, ours)
        rows += more
        costs.append(theirs)
    return ("## End to end\n\nDeepWalk on BlogCatalog, 2 threads each, half of "
            "the nodes known; whole commands: ours loads the graph, walks, "
            "trains and writes model and index, gensim reads the walks that "
            "ours wrote (the writing is not counted), counts, trains "
            "(`corpus_file`, its fast way) and writes.\n\n"
            + block(rows, commands, busy_note(costs)))


def gensim_rows(classifier, runs, walk_flags, commands, ours):
    """What gensim's training cost, and its row; adds to `commands`."""
    text, vectors = runs.path("walks.txt"), runs.path("gensim.bin")
    write = [runs.programs["embedtrain"],
             f"--flagfile={os.path.join(runs.configs, 'deepwalk_blogcatalog')}"
             ".flags", *walk_flags, "--threads=2", "--seed=1",
             "--progress=none", f"--walks_only={text}", classifier.source]
    runs.run("walks", write, [text])
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "train_gensim.py")
    train = [trainers.Gensim.python, script, text, vectors, json.dumps(GENSIM)]
    theirs = runs.run("gensim", train, [vectors])
    scores, evaluate = half(classifier, runs, "gensim_classify", vectors)
    commands += [runs.shown(write),
                 runs.shown(train).replace(script, "train_gensim.py"),
                 runs.shown(evaluate)]
    return theirs, [{
        "": "gensim: training on these walks", "CPU s": f"{theirs['cpu']:.1f}",
        "seconds": f"{theirs['wall']:.1f}", **scores,
        "gensim / embed, CPU": f"{theirs['cpu'] / ours['cpu']:.1f}x"}]
