#!/usr/bin/python3
"""Writes a text of words that follow the Zipf-Mandelbrot law.

usage: zipf_corpus.py OUTPUT VOCABULARY TOKENS [--min_count 1] [--seed 1]

Word i (from 0) has a share of the tokens in proportion to 1 / (i + 2.7), as
words of English have; each word is there at least --min_count times. Order is
random, 20 words a line, five letters a word. Same arguments, same bytes.
"""
import argparse
import sys

import numpy as np

SHIFT = 2.7
LETTERS = 5
LINE_WORDS = 20
CHUNK_LINES = 50000


def word_counts(vocabulary, tokens, min_count):
    """Occurrences of each word, falling; their sum is `tokens`."""
    if vocabulary * min_count > tokens:
        sys.exit(f"error: {tokens} tokens are too few for {vocabulary} words, "
                 f"each {min_count} times")
    share = 1.0 / (np.arange(vocabulary) + SHIFT)
    extra = share / share.sum() * (tokens - vocabulary * min_count)
    counts = min_count + np.floor(extra).astype(np.int64)
    # Rounding down left less than one token a word.
    counts[:tokens - counts.sum()] += 1
    return counts


def spellings(vocabulary):
    """Bytes [vocabulary, LETTERS + 1]: a word's number in letters, a blank."""
    if vocabulary > 26 ** LETTERS:
        sys.exit(f"error: more than {26 ** LETTERS} words")
    table = np.full((vocabulary, LETTERS + 1), ord(" "), dtype=np.uint8)
    number = np.arange(vocabulary)
    for place in range(LETTERS):
        table[:, place] = ord("a") + number % 26
        number //= 26
    return table


def write(path, vocabulary, tokens, min_count, seed):
    counts = word_counts(vocabulary, tokens, min_count)
    ids = np.repeat(np.arange(vocabulary, dtype=np.uint32), counts)
    np.random.Generator(np.random.PCG64(seed)).shuffle(ids)
    table = spellings(vocabulary)
    step = CHUNK_LINES * LINE_WORDS
    with open(path, "wb") as file:
        for begin in range(0, len(ids), step):
            text = table[ids[begin:begin + step]]
            text[LINE_WORDS - 1::LINE_WORDS, LETTERS] = ord("\n")
            text[-1, LETTERS] = ord("\n")
            file.write(text.tobytes())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("vocabulary", type=int)
    parser.add_argument("tokens", type=int)
    parser.add_argument("--min_count", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write(options.output, options.vocabulary, options.tokens, options.min_count,
          options.seed)


if __name__ == "__main__":
    main()
