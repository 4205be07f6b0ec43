// Keys as other programs can read them. Private to embed/io and the commands.
#ifndef EMBED_IO_KEY_TEXT_H_
#define EMBED_IO_KEY_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

// `key` with U+2581 in place of each white-space character of its UTF-8 text.
// Bytes that are not UTF-8 stay.
std::string WithoutWhiteSpace(absl::string_view key);

// `key` with backslash, line feed, carriage return and tab as \\ \n \r \t.
std::string EscapedKey(absl::string_view key);

// The key that EscapedKey() made `text` of; other backslashes stay.
std::string UnescapedKey(absl::string_view text);

// WithoutWhiteSpace() of every key that it changes, at the key's id; an empty
// string for keys that stay. InvalidArgument: two keys become the same.
absl::StatusOr<std::vector<std::string>> ReplacedKeys(
    const Vocabulary& vocabulary);

}  // namespace embed

#endif  // EMBED_IO_KEY_TEXT_H_
