"""Tables of word vectors: every method on one text at the same settings."""
import math
import os
import statistics
from dataclasses import dataclass, field

import corpora
import gensim_runs
import published
import svg_bars
import trainers
from quality_networks import block, file_name, seedless

OURS = "embed"
FASTTEXT = "Debian's fasttext"
GENSIM = "gensim"
PROGRAMS = (OURS, GENSIM, FASTTEXT)  # colours of the charts
SMALL = (100,)
FAST_MEGABYTES = 5  # of text, with --fast
# From so many numbers on, trainings are slow, and there may be fewer of them.
LARGE_DIM = 300


@dataclass
class Method:
    title: str
    program: str = OURS
    config: str = ""  # of ours: configs/CONFIG.flags
    flags: list = field(default_factory=list)  # of ours, or of fasttext
    gensim: dict = field(default_factory=dict)  # arguments of its Word2Vec
    rate: float = 0.05
    seeds: int = 0  # at most so many (0: all)
    dims: tuple = ()  # trained with these numbers only, of those asked for
    epochs: int = 0  # other than the language's
    common: bool = False  # on the text without its rare words


@dataclass
class Language:
    name: str
    text: str  # file
    min_count: int
    methods: list
    similarity: dict  # title by file of eval/
    analogies: str
    restrict: int = 0  # analogies within so many of the commonest words
    window: int = 5
    negatives: int = 5
    epochs: int = 5
    subsample: float = 1e-4
    dims: tuple = (100,)  # unless the command says others


def ours(title, mode, rate, *flags, **more):
    return Method(title, OURS, f"{mode}_wikipedia", list(flags), rate=rate,
                  **more)


def fasttext(title, *flags, **more):
    return Method(title, FASTTEXT, flags=list(flags), **more)


CBOW = ["--arch=cbow", "--cbow_gradient=word2vec"]
CHINESE = [
    ours("skip-gram", "word2vec", 0.025),
    Method("skip-gram, gensim", GENSIM, gensim={"sg": 1}, rate=0.025,
           dims=SMALL),
    ours("skip-gram, rate 0.05", "word2vec", 0.05),
    ours("skip-gram, AdaGrad", "word2vec", 0.2, "--optimizer=adagrad",
         dims=SMALL),
    ours("CBOW", "word2vec", 0.05, *CBOW),
    Method("CBOW, gensim", GENSIM, gensim={"sg": 0, "cbow_mean": 1},
           dims=SMALL),
    ours("fasttext mode", "fasttext", 0.05, "--ngram_min=1", "--ngram_max=2"),
    ours("cw2vec, both", "cw2vec", 0.01, "--output_table=both"),
    ours("cw2vec, context", "cw2vec", 0.01, "--output_table=context", seeds=1,
         dims=SMALL),
    ours("cw2vec, input", "cw2vec", 0.01, "--output_table=input", seeds=1,
         dims=SMALL),
    ours("cw2vec, both, strokes 3..6", "cw2vec", 0.01, "--output_table=both",
         "--stroke_max=6", seeds=1, dims=SMALL),
    ours("cw2vec, both, mean of n-grams", "cw2vec", 0.05,
         "--output_table=both", "--compose=mean", seeds=1, dims=SMALL),
    ours("cw2vec, both, all stroke orders", "cw2vec", 0.01,
         "--output_table=both", "--strokes_all_orders", seeds=1, dims=SMALL),
    ours("cw2vec, both, Latin n-grams", "cw2vec", 0.01, "--output_table=both",
         "--latin_ngrams", seeds=1, dims=SMALL),
    ours("cw2vec, both, AdaGrad", "cw2vec", 0.05, "--output_table=both",
         "--optimizer=adagrad", dims=SMALL),
    ours("skip-gram, 15 epochs", "word2vec", 0.025, epochs=15, dims=SMALL),
    ours("skip-gram, rate 0.05, 15 epochs", "word2vec", 0.05, epochs=15,
         seeds=1),
    ours("cw2vec, both, 15 epochs", "cw2vec", 0.01, "--output_table=both",
         epochs=15, seeds=1, dims=SMALL),
    fasttext("fasttext, n-grams 1..2", "skipgram", "-minn", "1", "-maxn", "2",
             seeds=1),
    fasttext("fasttext, n-grams 1..2, without rare words", "skipgram", "-minn",
             "1", "-maxn", "2", seeds=1, dims=SMALL, common=True),
]
ENGLISH = [
    ours("skip-gram", "word2vec", 0.05),
    Method("skip-gram, gensim", GENSIM, gensim={"sg": 1}),
    fasttext("skip-gram, fasttext", "skipgram", "-minn", "0", "-maxn", "0",
             seeds=1),
    *(ours(f"skip-gram, {name} {value}", "word2vec", 0.05, f"--{name}={value}")
      for name, value in (("reuse_negatives", 1), ("reuse_negatives", 8),
                          ("share_negatives", 4), ("share_negatives", 8))),
    ours("CBOW", "word2vec", 0.05, *CBOW),
    ours("CBOW, start radius 8", "word2vec", 0.05, *CBOW, "--start_radius=8"),
    Method("CBOW, gensim", GENSIM, gensim={"sg": 0, "cbow_mean": 1}),
    fasttext("CBOW, fasttext", "cbow", "-minn", "0", "-maxn", "0"),
    ours("fasttext mode, n-grams 3..6", "fasttext", 0.05),
    ours("fasttext mode, exact gradient", "fasttext", 0.05,
         "--subword_gradient=exact", seeds=1),
    fasttext("n-grams 3..6, fasttext", "skipgram", "-minn", "3", "-maxn", "6",
             seeds=1),
]



def embed_command(runs, method, language, text, output, dim, seed):
    # Window, negatives and subsampling are those of all configurations.
    return [runs.programs["embedtrain"], runs.config(method.config),
            *method.flags, f"--dim={dim}",
            f"--epochs={method.epochs or language.epochs}",
            f"--min_count={language.min_count}",
            f"--learning_rate={method.rate:g}", "--threads=1",
            f"--seed={seed}", "--progress=none", "--index=flat",
            f"--output={output}", text]


def fasttext_command(method, language, text, output, dim, seed):
    return ["/usr/bin/fasttext", *method.flags, "-dim", str(dim), "-ws",
            str(language.window), "-neg", str(language.negatives), "-epoch",
            str(language.epochs), "-minCount",
            str(1 if method.common else language.min_count), "-t",
            f"{language.subsample:g}", "-lr", f"{method.rate:g}", "-thread",
            "1", "-seed", str(seed), "-verbose", "0", "-input", text,
            "-output", output]


def gensim_command(method, language, text, output, dim, seed):
    return gensim_runs.command(text, output, {
        **method.gensim, "hs": 0, "negative": language.negatives,
        "vector_size": dim, "window": language.window,
        "epochs": language.epochs, "min_count": language.min_count,
        "sample": language.subsample, "alpha": method.rate, "workers": 1,
        "seed": seed})


class Table:
    """The trainings and scores of one language."""

    def __init__(self, options, runs, language):
        self.options = options
        self.runs = runs
        self.language = language
        self.text, made_by = corpora.words_and_command(
            options.data, options.work, language.text,
            FAST_MEGABYTES if options.fast else 0)
        self.commands = [runs.shown_text(made_by)]
        self.bars = {}  # of the charts, by title and dim
        self.busy = False  # the machine had other work

    def train(self, method, dim, seed):
        """File of vectors and the cost of the training."""
        name = f"{self.language.name}_{file_name(method.title)}_{dim}_{seed}"
        output = self.runs.path(name)
        text = self.common_text() if method.common else self.text
        if method.program == OURS:
            model = output + ".embed"
            command = embed_command(self.runs, method, self.language, text,
                                    output, dim, seed)
        elif method.program == FASTTEXT:
            model = output + ".vec"
            command = fasttext_command(method, self.language, text, output,
                                       dim, seed)
        else:
            model = output + ".bin"
            command = gensim_command(method, self.language, text, model, dim,
                                     seed)
        cost = self.runs.run(name, command, [model])
        self.busy |= cost["wall"] > 1.5 * cost["cpu"]
        self.show(command, name, dim, seed)
        return name, model, cost

    def common_text(self):
        """The text of the words that are often enough to be trained."""
        path, made_by = corpora.common_words(self.text, self.language.min_count)
        self.commands.append(self.runs.shown_text(made_by))
        return path

    def show(self, command, name, dim, seed, method=None):
        """Notes a command for any dim and seed, and method if it is given."""
        text = seedless(self.runs, command, name[:-len(f"_{seed}")], seed)
        for old, new in ((f"_{dim}_SEED", "_DIM_SEED"),
                         (f"--dim={dim} ", "--dim=DIM "),
                         (f"-dim {dim} ", "-dim DIM "),
                         (f'"vector_size": {dim}', '"vector_size": DIM'),
                         ("/usr/bin/fasttext", "fasttext")):
            text = text.replace(old, new)
        if method is not None:
            text = text.replace(f"_{file_name(method.title)}_DIM_",
                                "_METHOD_DIM_")
        self.commands.append(text)

    def scores(self, method, dim, seed):
        """Of one training: a row of percentages by column, and what they
        cover."""
        language, runs = self.language, self.runs
        name, model, cost = self.train(method, dim, seed)
        found, covered = {}, []
        for title, file in language.similarity.items():
            table = f"{name}_{os.path.splitext(file)[0]}"
            rows, command = runs.evaluate(
                table, "wordsim", model, ["--threads=1"],
                os.path.join(runs.data, "eval", file))
            self.show(command, name, dim, seed, method)
            found[title] = 100 * float(rows[0]["spearman"])
            covered.append(rows[0]["used"])
        restrict = [f"--restrict_vocab={language.restrict}"] * bool(
            language.restrict)
        rows, command = runs.evaluate(
            name + "_analogies", "analogy", model, ["--threads=1", *restrict],
            os.path.join(runs.data, "eval", language.analogies))
        self.show(command, name, dim, seed, method)
        for title, part in language_parts(language, rows):
            used = sum(int(row["used"]) for row in part)
            for column, shown in (("cos_add", "3CosAdd"),
                                  ("cos_mul", "3CosMul")):
                right = sum(float(row[column]) * int(row["used"])
                            for row in part if int(row["used"]) > 0)
                found[f"{title}{shown}"] = (100 * right / used if used > 0
                                            else math.nan)
            covered.append(str(used))
        return found, ", ".join(covered), cost["cpu"]

    def row(self, method, dim, seeds):
        """A line of the table: means over the seeds."""
        parts = [self.scores(method, dim, seed)
                 for seed in range(1, seeds + 1)]
        line = {"": method.title if method.program != OURS
                else f"{method.title}, embed", "dim": dim, "seeds": seeds}
        for title in parts[0][0]:
            line[title] = spread([found[title] for found, _, _ in parts])
        line["covered"] = parts[0][1]
        line["CPU s"] = f"{statistics.median(cpu for _, _, cpu in parts):.0f}"
        for title in self.language.similarity:
            values = [found[title] for found, _, _ in parts]
            if any(map(math.isnan, values)):
                continue
            self.bars.setdefault((title, dim), []).append(
                (line[""], PROGRAMS.index(method.program),
                 statistics.mean(values),
                 statistics.stdev(values) if seeds > 1 else None))
        return line

    def charts(self):
        """A chart for each file of pairs and dim, as Markdown."""
        text = ""
        for (title, dim), bars in self.bars.items():
            bars = [bar for bar in bars if bar[2] > 0]
            if not bars:
                continue
            name = f"words_{self.language.name}_{file_name(title)}_{dim}"
            svg_bars.bars(self.runs.chart(name), f"{title}, {dim} numbers",
                          "Spearman x 100", bars)
            text += f"![{title}, {dim} numbers](results/{name}.svg)\n\n"
        return text


def spread(values):
    """Mean, and deviation if there are several; blank if a score is none, as
    that of no pairs."""
    if any(map(math.isnan, values)):
        return ""
    text = f"{statistics.mean(values):.1f}"
    return (f"{text} ± {statistics.stdev(values):.1f}" if len(values) > 1
            else text)


def language_parts(language, rows):
    """The analogies' rows by title: all, or semantic and syntactic."""
    rows = [row for row in rows if row["category"] != "all"]
    if language.name != "en":
        return [("", rows)]
    grammar = [row for row in rows if row["category"].startswith("gram")]
    meaning = [row for row in rows if row not in grammar]
    return [("semantic ", meaning), ("syntactic ", grammar), ("all ", rows)]


def missing_programs():
    makers = {FASTTEXT: trainers.FastText(), GENSIM: trainers.Gensim()}
    return {name for name, maker in makers.items() if maker.missing()}


def language_rows(table, options):
    """Lines of the table, and the methods that are left out."""
    missing = missing_programs()
    rows, left_out = [], []
    for dim in options.word_dims or table.language.dims:
        for method in table.language.methods:
            if method.dims and dim not in method.dims:
                continue
            if options.fast and (method.epochs or method.common):
                continue
            if method.title in options.leave_out or method.program in missing:
                left_out.append(method.title)
                continue
            seeds = (options.large_word_seeds if dim >= LARGE_DIM
                     else options.word_seeds)
            seeds = min(seeds, method.seeds or seeds)
            rows.append(table.row(method, dim, seeds))
    return rows, left_out


def section(options, runs, language, title, about, figures, sources):
    table = Table(options, runs, language)
    rows, left_out = language_rows(table, options)
    rows += [{"": name, **scores} for name, scores in figures.items()]
    note = [sources]
    if left_out:
        note.append("Left out: " + "; ".join(dict.fromkeys(left_out)) + ".")
    if table.busy:
        note.append("The machine had other work at the time: trainings take "
                    "fewer CPU seconds alone.")
    return (f"## {title}\n\n{about} window {language.window}, "
            f"{language.negatives} negatives, {language.epochs} epochs, "
            f"min_count {language.min_count}, subsample "
            f"{language.subsample:g}, one thread each. Mean over the seeds and "
            "standard deviation between them, Spearman x 100 and per cent of "
            "the analogies that are covered; covered: pairs and questions in "
            "the order of the columns; CPU seconds of the whole command.\n\n"
            + table.charts() + block(rows, table.commands, " ".join(note)))


def first_megabytes(options):
    return f", its first {FAST_MEGABYTES} MB" if options.fast else ""


def chinese(options, runs):
    language = Language(
        "zh", "zh_modern_seg.txt", 10, CHINESE,
        {"WordSim-240": "zh_ws240.tsv"}, "zh_analogy1124.tsv",
        dims=(100,) if options.fast else (100, LARGE_DIM))
    return section(
        options, runs, language, "Words: Chinese",
        "zh_modern_seg" + first_megabytes(options) +
        "; methods at the rate that is their default; fasttext counts words "
        "that it drops for being rare, which makes its epochs longer than "
        "ours, but not on the text without rare words; programs that take "
        "a quarter of an hour have one seed:",
        published.CHINESE, published.CHINESE_SOURCES)


def english(options, runs):
    language = Language(
        "en", "en_wiki.txt", 5, ENGLISH,
        {"WordSim-353": "ws353.tsv", "RW": "rw.tsv"}, "google_analogy.tsv",
        restrict=30000)
    return section(
        options, runs, language, "Words: English",
        "en_wiki" + first_megabytes(options) +
        "; Google analogies within the 30,000 most frequent words; fasttext "
        "draws negatives like count^0.5, fasttext mode too, the others like "
        "count^0.75; programs that take a quarter of an hour have one seed;",
        published.ENGLISH, published.ENGLISH_SOURCES)
