"""The corpora of the training benchmarks, made once in a working folder."""
import collections
import os
import subprocess
import sys

import zipf_corpus


def words(data, work, name, megabytes):
    """The first `megabytes` (0: all) of a text of DATA, cut at the end of a
    line, as a plain file, since fasttext reads no other."""
    stem = os.path.splitext(name)[0]
    path = os.path.join(work, f"{stem}_{megabytes or 'all'}.txt")
    if os.path.exists(path):
        return path
    source = os.path.join(data, "text", name + ".zst")
    if not os.path.exists(source):
        sys.exit(f"error: {source} is missing; DATA must hold "
                 f"text/{name}.zst and eval/*.tsv")
    with subprocess.Popen(["zstd", "-dcq", source],
                          stdout=subprocess.PIPE) as unpacker:
        text = unpacker.stdout.read(megabytes * 1000000 or -1)
        unpacker.stdout.close()  # the rest is not wanted: it ends with SIGPIPE
    _write(path, text[:text.rindex(b"\n") + 1])
    return path


def english(data, work, megabytes):
    """The first `megabytes` (0: all) of en_wiki."""
    return words(data, work, "en_wiki.txt", megabytes)


def zipf(work, vocabulary, tokens):
    """`tokens` tokens over `vocabulary` words, see zipf_corpus.py."""
    path = os.path.join(work, f"zipf_{vocabulary}_{tokens}.txt")
    if not os.path.exists(path):
        zipf_corpus.write(path + ".part", vocabulary, tokens, min_count=1,
                          seed=1)
        os.rename(path + ".part", path)
    return path


def kept_tokens(path, min_count):
    """Tokens of words that occur `min_count` times or more: what every trainer
    trains on in an epoch (subsampling comes after)."""
    counts = collections.Counter()
    with open(path, encoding="utf-8") as file:
        for line in file:
            counts.update(line.split())
    return sum(count for count in counts.values() if count >= min_count)


def _write(path, data):
    with open(path + ".part", "wb") as file:
        file.write(data)
    os.rename(path + ".part", path)
