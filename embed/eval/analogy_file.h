// Files of analogy questions, "a is to b as c is to d":
//
//   : CATEGORY                  questions-words.txt of word2vec: a heading,
//   then a b c d                     lines of four words between blanks
//
//   CATEGORY TAB a TAB b TAB c TAB d
//
// Empty lines and lines that start with '#' are left out. Plain, .gz or .zst.
#ifndef EMBED_EVAL_ANALOGY_FILE_H_
#define EMBED_EVAL_ANALOGY_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

struct AnalogyQuestion {
  std::string category;  // "" before any heading
  std::string a;
  std::string b;
  std::string c;
  std::string d;  // the answer
};

// In the file's order. Errors: those of opening the file; InvalidArgument
// naming file and line: a line of other fields, text that is not UTF-8; a file
// without questions or of more than 256 MiB.
absl::StatusOr<std::vector<AnalogyQuestion>> ReadAnalogies(
    const std::string& path);

// The same from the text of such a file. `name` is for messages.
absl::StatusOr<std::vector<AnalogyQuestion>> ParseAnalogies(
    absl::string_view text, absl::string_view name);

}  // namespace embed

#endif  // EMBED_EVAL_ANALOGY_FILE_H_
