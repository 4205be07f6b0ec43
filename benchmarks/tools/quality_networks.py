"""Tables of the vectors of networks: labels and links predicted."""
import math
import os
import statistics
import subprocess

import gensim_runs
import published
import svg_plot
import tables

RATIOS = list(range(10, 100, 10))
FEW = (10, 50, 90)  # where published figures are of another method
NODE2VEC = ["--p=0.25", "--q=0.25"]
OPERATORS = {"dot": "dot", "cosine": "cosine", "average": "average",
             "hadamard": "Hadamard", "l2": "L2"}


def block(rows, commands, note=""):
    """A table, its sources or remarks, and the commands that made it."""
    shown = "\n".join(f"    {command}" for command in dict.fromkeys(commands))
    return "\n".join(filter(None, [tables.markdown(rows), note and note + "\n",
                                   shown])) + "\n"


def cell(score):
    """Of (mean, deviation or None) as fractions."""
    if score is None:
        return ""
    mean, deviation = score
    text = f"{100 * mean:.1f}"
    return text if deviation is None else f"{text} ± {100 * deviation:.1f}"


def pooled(rows, name):
    """Mean and deviation of a column, of all splits of the rows, each a seed:
    the variance within the seeds and that of their means."""
    means = [float(row[name]) for row in rows]
    within = statistics.mean(float(row[name + "_sd"]) ** 2 for row in rows)
    between = statistics.variance(means) if len(means) > 1 else 0
    return statistics.mean(means), math.sqrt(within + between)


def seedless(runs, command, name, seed):
    """A command as shown, for any seed."""
    text = runs.shown(command)
    for shown in ("--seed={}", '"seed": {}', "-seed {} "):  # also of peers
        text = text.replace(shown.format(seed), shown.format("SEED"))
    return text.replace(f"{name}_{seed}", f"{name}_SEED")


def written(runs, pipeline, path):
    """Writes what a shell's pipeline prints, once; the command as shown."""
    if not os.path.exists(path):
        subprocess.run(["bash", "-o", "pipefail", "-c",
                        f"{pipeline} >{path}.part && mv {path}.part {path}"],
                       check=True)
    return runs.shown_text(f"{pipeline} >{path}")


class Classifier:
    """Trains and classifies one method with several seeds."""

    def __init__(self, options, runs, source, labels, ratios, splits,
                 flags=()):
        self.options = options
        self.runs = runs
        self.source = os.path.join(options.data, source)
        self.labels = os.path.join(options.data, labels)
        self.ratios = ratios
        self.splits = splits
        self.flags = list(flags)
        self.commands = []

    def scores(self, name, config, flags, ratios=None):
        """Rows of embedeval by ratio (percent, of `ratios` if they are given),
        one for each seed."""
        found = {}
        for seed in range(1, self.options.seeds + 1):
            model, command, _ = self.runs.train(
                f"{name}_{seed}", config,
                [*flags, f"--threads={self.options.threads}", f"--seed={seed}"],
                self.source)
            self.commands.append(seedless(self.runs, command, name, seed))
            for ratio, rows in self.classify(name, seed, model, ratios).items():
                found.setdefault(ratio, []).extend(rows)
        return found

    def classify(self, name, seed, model, ratios=None):
        """The same of one model."""
        found = {}
        for ratio in self.ratios:
            if ratios is not None and ratio not in ratios:
                continue
            found[ratio], command = self.runs.evaluate(
                f"{name}_{seed}_classify_{ratio}", "classify", model,
                [*self.flags, f"--splits={self.splits}",
                 f"--ratios={ratio / 100:g}"], self.labels)
            self.commands.append(
                seedless(self.runs, command, name, seed)
                .replace(f"--ratios={ratio / 100:g} ", "--ratios=RATIO ")
                .replace(f"_classify_{ratio}.", "_classify_RATIO."))
        return found

    def rows(self, title, found, measures=("Micro", "Macro")):
        """Table rows of a method: a line for each measure."""
        lines = []
        for measure in measures:
            column = measure.lower() + "_f1"
            line = {"": title, "F1": measure}
            for ratio in self.ratios:
                line[f"{ratio} %"] = (cell(pooled(found[ratio], column))
                                      if ratio in found else "")
            if len(found[50]) > 1:
                line["50 %, each seed"] = ", ".join(
                    f"{100 * float(row[column]):.1f}" for row in found[50])
            lines.append(line)
        return lines


def published_rows(figures, ratios):
    lines = []
    for (title, measure), values in figures.items():
        if isinstance(values, list):
            values = dict(zip(RATIOS, values))
        if not set(values) & set(ratios):
            continue
        lines.append({"": title, "F1": measure,
                      **{f"{ratio} %": f"{values[ratio]:.1f}"
                         for ratio in ratios if ratio in values}})
    return lines


def points(difference):
    """With its sign; none of what rounds to 0."""
    text = f"{difference:+.1f}"
    return "0.0" if float(text) == 0 else text


def differences(title, found, theirs, figures):
    """Rows: our means less published ones, in points."""
    lines = []
    for measure in ("Micro", "Macro"):
        column = measure.lower() + "_f1"
        lines.append({"": title, "F1": measure, **{
            f"{ratio} %": points(100 * pooled(found[ratio], column)[0] - value)
            for ratio, value in zip(RATIOS, figures[theirs, measure])
            if ratio in found}})
    return lines


def ratios_chart(runs, title, name, curves, ratios):
    """A chart of Micro-F1 by the share known, as Markdown; none of few ratios.
    `curves`: percentages by ratio, by method."""
    series = [svg_plot.Series(method, sorted(values),
                              [values[ratio] for ratio in sorted(values)])
              for method, values in curves.items() if len(values) > 2]
    if len(ratios) < 3 or not series:
        return ""
    svg_plot.plot(runs.chart(name), f"{title}: Micro-F1",
                  "nodes known, per cent", "Micro-F1, per cent", series,
                  from_zero=False)
    return f"![Micro-F1 by the share known](results/{name}.svg)\n\n"


def micro_curves(found, figures, ratios):
    """Of our methods and of the published figures."""
    curves = {method: {ratio: 100 * pooled(scores, "micro_f1")[0]
                       for ratio, scores in rows.items()}
              for method, rows in found.items()}
    for (method, measure), values in figures.items():
        if measure == "Micro" and isinstance(values, list):
            curves[method] = {ratio: value for ratio, value
                              in zip(RATIOS, values) if ratio in ratios}
    return curves


def file_name(method):
    return method.lower().replace(",", "").replace(" ", "_")


def network(options, runs, title, name, files, methods, figures, sources,
            few=(), compared=(), peers=()):
    """A section: one network, several methods, those in `few` at FEW ratios,
    those in `compared` with what they differ from a published row, and peers:
    a name and what trains it, returning (model, commands)."""
    classifier = Classifier(options, runs, *files, options.ratios,
                            options.splits)
    found = {f"{method}, embed": classifier.scores(
        f"{name}_{file_name(method)}", config, flags,
        FEW if method in few else None)
             for method, (config, flags) in methods.items()}
    for peer, train in peers:
        model, commands = train(classifier.source)
        classifier.commands += [runs.shown(command) for command in commands]
        found[peer] = classifier.classify(f"{name}_{file_name(peer)}", 1, model)
    rows = []
    for method, scores in found.items():
        rows += classifier.rows(method, scores)
    rows += published_rows(figures, options.ratios)
    for method, theirs in compared:
        ours = f"{method}, embed"
        rows += differences(f"{ours}: less what is published", found[ours],
                            theirs, figures)
    chart = ratios_chart(runs, title, name,
                         micro_curves(found, figures, options.ratios),
                         options.ratios)
    return (f"## Labels of nodes: {title}\n\nOne-vs-rest logistic regression "
            "on raw vectors, C = 1, the number of labels of a node given, by "
            f"the share of the nodes known; {options.splits} splits of each "
            "seed.\n\n" + chart + block(rows, classifier.commands, sources))


def walk_methods(options):
    """DeepWalk and node2vec: configuration and flags."""
    walks = ["--walks_per_node=10"] if options.fast else []
    return {"DeepWalk": ("deepwalk_blogcatalog", walks),
            "node2vec": ("node2vec_blogcatalog", NODE2VEC)}


DEEPWALK_HS = "DeepWalk, hierarchical softmax, 5 passes"


def blogcatalog(options, runs):
    methods = walk_methods(options)
    peers = []
    if not options.fast:
        # As many passes over the walks as gensim makes unless told otherwise.
        methods[DEEPWALK_HS] = ("deepwalk_blogcatalog",
                                ["--loss=hs", "--epochs=5"])
        # As many tokens as DeepWalk's 80 walks of 40; the paper's 10 walks of
        # 80 are a quarter of that.
        methods["node2vec, 40 walks of 80"] = (
            "node2vec_blogcatalog", [*NODE2VEC, "--walks_per_node=40"])
        methods["DeepWalk, 10 negatives, exponent 0.25"] = (
            "deepwalk_blogcatalog", ["--negatives=10", "--noise_exponent=0.25"])
        if not gensim_runs.missing():
            peers.append((
                "DeepWalk, gensim on the walks of ours", lambda source:
                gensim_runs.train_on_walks(runs, [], source)[:2]))
    methods["LINE"] = ("line_blogcatalog",
                       ["--epochs=20"] if options.fast else [])
    theirs = "DeepWalk, published [1]"
    return network(
        options, runs, "BlogCatalog", "blogcatalog",
        ("graph/blogcatalog.edges.zst", "graph/blogcatalog.labels"),
        methods, published.BLOGCATALOG, published.BLOGCATALOG_SOURCES,
        few=[method for method in methods
             if method not in ("DeepWalk", DEEPWALK_HS)],
        compared=[] if options.fast else [
            ("DeepWalk", theirs), (DEEPWALK_HS, theirs)], peers=peers)


def cora(options, runs):
    return network(options, runs, "Cora", "cora",
                   ("graph/cora.edges", "graph/cora.labels"),
                   walk_methods(options), {}, "")


def wiki(options, runs):
    methods = walk_methods(options)
    if not options.fast:
        as_openne = ["--walks_per_node=10", "--walk_length=80", "--epochs=5"]
        methods["DeepWalk as in OpenNE"] = ("deepwalk_blogcatalog",
                                            [*as_openne, "--loss=hs"])
        methods["node2vec as in OpenNE"] = ("node2vec_blogcatalog",
                                            [*NODE2VEC, *as_openne])
    return network(options, runs, "Wiki (OpenNE)", "wiki",
                   ("graph/wiki_openne.edges", "graph/wiki_openne.labels"),
                   methods, published.WIKI, published.WIKI_SOURCES)


def dblp(options, runs):
    methods = {**walk_methods(options),  # of 51,264 nodes: fewer walks
               "DeepWalk": ("deepwalk_blogcatalog", ["--walks_per_node=10"])}
    return network(options, runs, "DBLP (ProNE)", "dblp",
                   ("graph/dblp_prone.edges", "graph/dblp_prone.labels"),
                   methods, {}, "")


def has_mode(runs, mode):
    answer = subprocess.run([runs.programs["embedtrain"], "--help"],
                            capture_output=True, text=True, check=False)
    return f"\n  {mode}:" in answer.stdout


def typed(options, runs):
    """Authors of DBLP, four areas, by methods with and without types."""
    classifier = Classifier(
        options, runs, "hin/dblp4.edges.tsv.zst", "hin/dblp4.labels.tsv",
        [5, 10, 50], 10, ["--multinomial"])
    # Papers and venues have labels, too.
    authors = runs.path("dblp4.authors.labels")
    classifier.commands.append(written(
        runs, f"awk -F '\\t' '$2 == \"author\"' {classifier.labels}", authors))
    classifier.labels = authors
    metapath = "--metapath=author-paper-venue-paper-author"
    hin2vec = "HIN2Vec, 5 walks of 60, window 4"
    methods = {
        hin2vec: ("hin2vec", "hin2vec_dblp", []),
        **({} if options.fast else {
            hin2vec + ", sigmoid gates": (
                "hin2vec", "hin2vec_dblp", ["--relation_gate=sigmoid"]),
            hin2vec + ", negatives of any type": (
                "hin2vec", "hin2vec_dblp", ["--negatives_any_type"])}),
        "DeepWalk, types ignored, 10 walks of 60, window 3": (
            "deepwalk", "deepwalk_blogcatalog",
            ["--format=hin", "--walks_per_node=10", "--walk_length=60",
             "--window=3"]),
        "metapath2vec APVPA, 10 walks of 100": (
            "metapath2vec", "metapath2vec_dblp",
            [metapath, "--walks_per_node=10"])}
    rows = []
    for title, (mode, config, flags) in methods.items():
        if has_mode(runs, mode):
            rows += classifier.rows(title, classifier.scores(
                f"dblp4_{file_name(title)}", config, flags))
    return ("## Typed networks\n\nAreas of 4,057 authors of DBLP (four areas): "
            "multinomial logistic regression on raw vectors, C = 1, 10 "
            "splits of each seed. metapath2vec's paper takes 1000 walks from "
            "an author, a hundred times as many as here.\n\n"
            + block(rows, classifier.commands, published.DBLP4_SOURCES))


def edges_of(options, runs, name, edge_type):
    """WORK/NAME.edges: the edges of one type, two columns; and the command."""
    path = runs.path(name + ".edges")
    source = os.path.join(options.data, f"hin/{name}.edges.tsv.zst")
    return path, written(
        runs, f"zstd -dcq {source} | awk -F '\\t' -v OFS='\\t' "
        f"'$3 == \"{edge_type}\" {{print $1, $4}}'", path)


def link_scores(options, runs, name, config, flags, parts):
    """Rows of embedeval by operator, one for each seed; the commands."""
    kept, pairs = parts
    found = {}
    commands = []
    for seed in range(1, options.seeds + 1):
        model, train, _ = runs.train(
            f"{name}_{seed}", config,
            [*flags, f"--threads={options.threads}", f"--seed={seed}"], kept)
        rows, evaluate = runs.evaluate(f"{name}_{seed}_links", "linkpred",
                                       model, [], pairs)
        commands += [seedless(runs, command, name, seed)
                     for command in (train, evaluate)]
        for row in rows:
            found.setdefault(row["operator"], []).append(row)
    return found, commands


def links(options, runs):
    """Held-out edges between users and items told from random items."""
    methods = {**walk_methods(options), "LINE": ("line_blogcatalog", [])}
    text = ("## Links between users and items\n\nA fifth of the edges is held "
            "out; each is told from a pair of its user and another item (AUC "
            "50 is chance). Average, Hadamard and L2 learn from half of the "
            "pairs; items that are popular in general are likelier in both, "
            "which average alone can tell. Types and other edges are not "
            "used.\n")
    for title, name, edge_type in (("LastFM, artists", "lastfm", "listens"),
                                   ("MovieLens, films", "movielens100k",
                                    "rated")):
        edges, select = edges_of(options, runs, name, edge_type)
        kept, pairs = runs.path(name + "_kept.edges"), runs.path(
            name + "_pairs.tsv")
        holdout = [runs.programs["embedeval"], "holdout", "--directed",
                   "--fraction=0.2", "--non_edges=same_source",
                   f"--train={kept}", f"--test={pairs}", edges]
        runs.run(name + "_holdout", holdout, [kept, pairs])
        commands, rows = [select, runs.shown(holdout)], []
        for method, (config, flags) in methods.items():
            found, more = link_scores(
                options, runs, f"{name}_{file_name(method)}", config, flags,
                (kept, pairs))
            commands += more
            for measure in ("auc", "average_precision"):
                rows.append({"": method, "measure": measure.replace("_", " "),
                             **{shown: cell(pooled(found[key], measure))
                                for key, shown in OPERATORS.items()},
                             "L2, each seed": ", ".join(
                                 f"{100 * float(row[measure]):.1f}"
                                 for row in found["l2"])})
        text += f"\n### {title}\n\n" + block(rows, commands)
    return text
