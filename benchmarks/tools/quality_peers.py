"""Tables of ours beside other programs on the same walks."""
import gensim_runs
from quality_networks import Classifier, block

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
    problem = gensim_runs.missing()
    if problem:
        rows.append({"": f"gensim: skipped, {problem}"})
    else:
        theirs, more = gensim_row(classifier, runs, walks, commands, ours)
        rows.append(more)
        costs.append(theirs)
    return ("## End to end\n\nDeepWalk on BlogCatalog, 2 threads each, half of "
            "the nodes known; whole commands: ours loads the graph, walks, "
            "trains and writes model and index, gensim reads the walks that "
            "ours wrote (the writing is not counted), counts, trains "
            "(`corpus_file`, its fast way) and writes.\n\n"
            + block(rows, commands, busy_note(costs)))


def gensim_row(classifier, runs, walk_flags, commands, ours):
    """What gensim's training cost, and its row; adds to `commands`."""
    model, training, theirs = gensim_runs.train_on_walks(runs, walk_flags,
                                                         classifier.source)
    scores, evaluate = half(classifier, runs, "gensim_classify", model)
    commands += [runs.shown(command) for command in (*training, evaluate)]
    return theirs, {
        "": "gensim: training on these walks", "CPU s": f"{theirs['cpu']:.1f}",
        "seconds": f"{theirs['wall']:.1f}", **scores,
        "gensim / embed, CPU": f"{theirs['cpu'] / ours['cpu']:.1f}x"}
