// Files of who used what: users and their items in order.
//
// Sequences, a line a user:      Events, a line each:
//   item item ...                  user TAB item
//   user TAB item item ...         user TAB item TAB time
//
// In sequences, items are separated by white space (white_space.h), and either
// all lines have a user or none has. In events, all lines have as many fields
// as the first; a user's items are in the order of their times (numbers), of
// equal ones and without times in the file's. Lines of one user are joined.
// Empty lines and lines that start with '#' are left out. Plain, .gz or .zst.
#ifndef EMBED_EVAL_INTERACTION_FILE_H_
#define EMBED_EVAL_INTERACTION_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

struct Interactions {
  std::vector<std::string> items;  // names, by first appearance
  std::vector<std::string> users;  // by first appearance; a line's number where
                                   // sequences have no users
  std::vector<std::vector<uint32_t>> histories;  // of users[i]: items in order
};

enum class InteractionLayout { kSequences, kEvents };

// Errors: those of opening the file; InvalidArgument naming file and line: a
// line of other fields, an empty user or item, a time that is no number, text
// that is not UTF-8; a file without lines or of more than 4 GiB.
absl::StatusOr<Interactions> ReadInteractions(const std::string& path,
                                              InteractionLayout layout);

// The same from the text of such a file. `name` is for messages.
absl::StatusOr<Interactions> ParseInteractions(absl::string_view text,
                                               absl::string_view name,
                                               InteractionLayout layout);

}  // namespace embed

#endif  // EMBED_EVAL_INTERACTION_FILE_H_
