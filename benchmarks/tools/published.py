"""Published figures, in percent, each with its source."""

# BlogCatalog by share of the nodes known, 10, 20, ... 90 %.
BLOGCATALOG = {
    ("DeepWalk, published [1]", "Micro"):
        [35.86, 38.51, 39.96, 40.76, 41.51, 41.85, 42.27, 42.35, 42.40],
    ("DeepWalk, published [1]", "Macro"):
        [21.08, 23.98, 25.71, 26.73, 27.68, 28.28, 28.88, 28.70, 28.21],
    ("node2vec, SNAP's program [2]", "Micro"): {50: 37.85},
    ("node2vec, SNAP's program [2]", "Macro"): {50: 20.72},
    ("node2vec, authors' Python [2]", "Micro"): {50: 40.11},
    ("node2vec, authors' Python [2]", "Macro"): {50: 26.90},
    ("node2vec, CogDL [3]", "Micro"): {90: 42.29},
    ("LINE, CogDL [3]", "Micro"): {90: 39.21},
}
BLOGCATALOG_SOURCES = (
    "[1] README of phanein/deepwalk (80 walks of 40, window 10, dim 128). "
    "[2] snap-stanford/snap, issue 107 (p = q = 0.25). "
    "[3] leaderboard of CogDL's repository.")

# Wiki (OpenNE).
WIKI = {
    ("DeepWalk, published [1]", "Micro"): {50: 66.9},
    ("DeepWalk, published [1]", "Macro"): {50: 56.0},
    ("node2vec, published [1]", "Micro"): {50: 65.1},
    ("node2vec, published [1]", "Macro"): {50: 54.1},
}
WIKI_SOURCES = (
    "[1] README of thunlp/OpenNE. Its DeepWalk is trained by hierarchical "
    "softmax, and both methods by five passes over 10 walks of 80: as in the "
    "rows so called. The rows above them are by negative sampling, one pass "
    "over the walks of configs/. It tests on one split with half of the nodes "
    "known, the permutation of NumPy's seed 0.")

DBLP4_SOURCES = (
    "Published on other networks or by other protocols: HIN2Vec's abstract, "
    "Micro-F1 6.6 to 23.8 % above its rivals; CogDL's repository, Macro-F1 on "
    "its DBLP of 74.3 for HIN2Vec and 75.2 for metapath2vec.")

# Words, x 100, by column of the tables.
CHINESE = {f"{name}, published [1]": {
    "dim": 300, "WordSim-240": similarity, "3CosAdd": add, "3CosMul": mul}
    for name, similarity, add, mul in (
        ("skip-gram", 44.2, 58.3, 58.9), ("CBOW", 47.0, 54.3, 53.5),
        ("GloVe", 45.2, 68.8, 66.7), ("CWE", 50.0, 68.5, 69.6),
        ("GWE", 50.0, 50.8, 50.6), ("JWE", 48.0, 74.2, 76.3),
        ("cw2vec", 50.4, 78.1, 80.5))}
CHINESE_SOURCES = (
    "[1] Cao et al., cw2vec, AAAI 2018, table 1: trained on all of Chinese "
    "Wikipedia (November 2016), many times this text.")
ENGLISH = {f"{name}, published [1]": {
    "dim": 100, "semantic 3CosAdd": semantic, "syntactic 3CosAdd": syntactic,
    "all 3CosAdd": both} for name, semantic, syntactic, both in (
        ("skip-gram, gensim, text8", 39.0, 41.1, 40.4),
        ("skip-gram, fastText, text8", 40.9, 40.6, 40.7),
        ("n-grams, fastText, text8", 34.9, 66.0, 55.7))}
ENGLISH_SOURCES = (
    "[1] gensim's notebook comparing Word2Vec and FastText: the same settings "
    "and questions on text8, 17 million words of Wikipedia.")
