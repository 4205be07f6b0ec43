// Files of labels, of nodes or words or whatever has vectors:
//
//   key TAB label,label...              or
//   key TAB type TAB label,label...     (typed networks)
//
// Every line has as many fields as the first. A key that comes again has the
// labels of all its lines, none twice. Left out are empty lines and comments:
// lines that start with "# ", or with '#' before all lines without one or with
// other fields than these ("#tag TAB label" is of the key "#tag"). Plain, .gz
// or .zst.
#ifndef EMBED_EVAL_LABEL_FILE_H_
#define EMBED_EVAL_LABEL_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct KeyLabels {
  std::string key;
  std::string type;              // "" in the form without types
  std::vector<uint32_t> labels;  // rising; at least one
};

struct LabelFile {
  std::vector<std::string> names;  // of the labels, by first appearance
  std::vector<KeyLabels> entries;  // by first appearance
};

// Errors: those of opening the file; InvalidArgument naming file and line: a
// line of other fields, an empty key or label, text that is not UTF-8; a file
// without labels or of more than 1 GiB.
absl::StatusOr<LabelFile> ReadLabelFile(const std::string& path);

// The same from the text of such a file. `name` is for messages.
absl::StatusOr<LabelFile> ParseLabelFile(absl::string_view text,
                                         absl::string_view name);

// The id of an entry's key or, with a type, of "type:key" where keys are not
// unique over types; else Vocabulary::kNotFound.
uint32_t FindLabelled(const Vocabulary& vocabulary, const KeyLabels& entry);

}  // namespace embed

#endif  // EMBED_EVAL_LABEL_FILE_H_
