// Files of pairs of keys that mean the same in two sets of vectors:
//
//   key TAB key
//
// or, in a line without a tab, two keys with blanks between them (the form of
// MUSE's dictionaries). A key may have several lines. Empty lines and lines
// that start with '#' are left out. Plain, .gz or .zst.
#ifndef EMBED_EVAL_DICTIONARY_FILE_H_
#define EMBED_EVAL_DICTIONARY_FILE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

using Translation = std::pair<std::string, std::string>;

// In the file's order. Errors: those of opening the file; InvalidArgument
// naming file and line: not two fields, an empty key, text that is not UTF-8; a
// file without pairs or of more than 1 GiB.
absl::StatusOr<std::vector<Translation>> ReadDictionary(
    const std::string& path);

// The same from the text of such a file. `name` is for messages.
absl::StatusOr<std::vector<Translation>> ParseDictionary(
    absl::string_view text, absl::string_view name);

}  // namespace embed

#endif  // EMBED_EVAL_DICTIONARY_FILE_H_
