// Files of pairs that are linked or not:
//
//   key TAB key TAB 1      an edge that was held out
//   key TAB key TAB 0      no edge
//
// Left out are empty lines and comments: lines that start with "# ", or with
// '#' where they are no such pair ("#tag TAB key TAB 1" is one). Plain, .gz or
// .zst.
#ifndef EMBED_EVAL_PAIR_FILE_H_
#define EMBED_EVAL_PAIR_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

struct KeyPair {
  std::string first;
  std::string second;
  bool linked = false;
};

// In the file's order. Errors: those of opening the file; InvalidArgument
// naming file and line: a line of other fields, a third field that is neither 0
// nor 1, an empty key; a file without linked or without other pairs, or of more
// than 4 GiB.
absl::StatusOr<std::vector<KeyPair>> ReadPairFile(const std::string& path);

// The same from the text of such a file. `name` is for messages.
absl::StatusOr<std::vector<KeyPair>> ParsePairFile(absl::string_view text,
                                                   absl::string_view name);

}  // namespace embed

#endif  // EMBED_EVAL_PAIR_FILE_H_
