// Lists of phrases as text: what FindPhrases() found, to be looked at, changed
// by hand and used again.
//
// Written: a first line "phrase TAB score TAB count TAB first TAB second", then
// a line for each phrase: its two words with a blank between, its score, and
// the counts of the pair and of both words.
#ifndef EMBED_TEXT_PHRASE_FILE_H_
#define EMBED_TEXT_PHRASE_FILE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "text/phrases.h"

namespace embed {

// Errors are those of AtomicFile.
absl::Status WritePhraseFile(const std::vector<Phrase>& phrases,
                             const std::string& path);

// The two words of each phrase, in the order of the file (plain, .gz, .zst;
// UTF-8). Only the two words are needed: what follows a tab is not looked at.
// Tolerated: no first line as above, empty lines, CRLF, a byte order mark, a
// phrase given twice. InvalidArgument with the line: not two words, bad UTF-8,
// words that are too long joined; a file without any phrase.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadPhraseFile(
    const std::string& path);

}  // namespace embed

#endif  // EMBED_TEXT_PHRASE_FILE_H_
