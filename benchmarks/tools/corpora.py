"""The corpora of the training benchmarks, made once in a working folder."""
import collections
import os
import shlex
import subprocess
import sys

import zipf_corpus


def words(data, work, name, megabytes):
    """The first `megabytes` (0: all) of a text of DATA, cut at the end of a
    line, as a plain file, since fasttext reads no other."""
    return words_and_command(data, work, name, megabytes)[0]


def words_and_command(data, work, name, megabytes):
    """The same, and a shell command that makes it (but for the cut)."""
    stem = os.path.splitext(name)[0]
    path = os.path.join(work, f"{stem}_{megabytes or 'all'}.txt")
    source = os.path.join(data, "text", name + ".zst")
    if not os.path.exists(source):
        sys.exit(f"error: {source} is missing; DATA must hold "
                 f"text/{name}.zst and eval/*.tsv")
    first = f" | head -c {megabytes}000000" if megabytes else ""
    if not os.path.exists(path):
        with subprocess.Popen(["zstd", "-dcq", source],
                              stdout=subprocess.PIPE) as unpacker:
            text = unpacker.stdout.read(megabytes * 1000000 or -1)
            # The rest is not wanted: it ends with SIGPIPE.
            unpacker.stdout.close()
        _write(path, text[:text.rindex(b"\n") + 1])
    return path, f"zstd -dcq {source}{first} >{path}"


# Of a file given twice: its lines without the words that occur in it less than
# `least` times, and without lines that are left empty.
_COMMON_WORDS = (
    "NR == FNR {for (i = 1; i <= NF; ++i) ++n[$i]; next} "
    "{line = \"\"; for (i = 1; i <= NF; ++i) if (n[$i] >= least) "
    "line = line (line == \"\" ? \"\" : \" \") $i; "
    "if (line != \"\") print line}")


def common_words(path, min_count):
    """The text of `path` without rare words, beside it; and the command."""
    stem, ending = os.path.splitext(path)
    common = f"{stem}_common{ending}"
    command = ["awk", "-v", f"least={min_count}", _COMMON_WORDS, path, path]
    if not os.path.exists(common):
        _write(common, subprocess.run(command, check=True,
                                      stdout=subprocess.PIPE).stdout)
    return common, f"{shlex.join(command)} >{common}"


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
