#!/usr/bin/python3
"""Trains word vectors with gensim; tells the seconds of the training alone.

usage: train_gensim.py CORPUS OUTPUT.bin SETTINGS   (SETTINGS: a JSON object,
       the arguments of gensim.models.Word2Vec)

Prints one JSON line: wall and CPU seconds of Word2Vec.train(), which reads the
file but does not count words.
"""
import json
import sys
import time

from gensim.models import Word2Vec


def main():
    corpus, output, settings = sys.argv[1:]
    model = Word2Vec(**json.loads(settings))
    model.build_vocab(corpus_file=corpus)
    wall, cpu = time.monotonic(), time.process_time()
    model.train(corpus_file=corpus, total_examples=model.corpus_count,
                total_words=model.corpus_total_words, epochs=model.epochs)
    print(json.dumps({"wall": time.monotonic() - wall,
                      "cpu": time.process_time() - cpu}), flush=True)
    model.wv.save_word2vec_format(output, binary=True)


if __name__ == "__main__":
    main()
