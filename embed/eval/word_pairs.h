// Files of word pairs with a similarity that people gave them: WordSim-353,
// RW, MTurk, MEN, RG-65, wordsim-240 and the like.
//
//   word1 word2 score [anything]
//
// separated by tabs where a line has one (then a word may hold blanks), else by
// blanks; a fourth field and those after it are ignored (RW and others list
// the single judges there). Lines starting with # and blank lines are comments.
// The first other line may be a header: it is one if its third field begins
// like a word and not like a number. Any other line that does not fit is an
// error, for a set read in part gives a number that compares with nothing.
#ifndef EMBED_EVAL_WORD_PAIRS_H_
#define EMBED_EVAL_WORD_PAIRS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

struct WordPair {
  std::string first;
  std::string second;
  double score = 0.0;  // finite; any scale, higher is more similar
};

// The pairs in the order of the file, repeated ones too (WordSim-353 has one).
// Plain, .gz or .zst. Errors: those of opening the file; InvalidArgument naming
// file and line: a bad line; a file without pairs or of more than 64 MiB.
absl::StatusOr<std::vector<WordPair>> ReadWordPairs(const std::string& path);

// The same from the text of such a file. `name` is for messages.
absl::StatusOr<std::vector<WordPair>> ParseWordPairs(absl::string_view text,
                                                     absl::string_view name);

}  // namespace embed

#endif  // EMBED_EVAL_WORD_PAIRS_H_
