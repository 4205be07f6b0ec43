// Vocabularies as text files: a word, a blank and its count on each line, the
// most frequent first. word2vec.c's -save-vocab and gensim's `fvocab` write the
// same.
#ifndef EMBED_TEXT_VOCABULARY_FILE_H_
#define EMBED_TEXT_VOCABULARY_FILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/model/vocabulary.h"
#include "text/word_totals.h"

namespace embed {

// Errors are those of AtomicFile. No key may hold a line feed. A word "</s>"
// does not stand in the first line, where it would be word2vec.c's.
absl::Status WriteVocabularyFile(const Vocabulary& vocabulary,
                                 const std::string& path);

// The words of a file (plain, .gz, .zst; UTF-8), sorted by
// BeforeInVocabulary(). Tolerated: any white space before the count, lines in
// any order, empty lines, CRLF, a byte order mark; a first word "</s>", which
// word2vec.c writes for its line ends, is left out. InvalidArgument with the
// line: no count, one that is no number above 0, counts beyond 2^62 together, a
// word given twice; no word at all.
absl::StatusOr<std::vector<WordCount>> ReadVocabularyFile(
    const std::string& path);

// The words of a list, one a line; other blanks around are left out.
absl::StatusOr<std::vector<std::string>> ReadWordList(const std::string& path);

}  // namespace embed

#endif  // EMBED_TEXT_VOCABULARY_FILE_H_
