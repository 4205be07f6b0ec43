#include "embed/eval/label_file.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/hash_table.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

constexpr size_t kMaxLabelBytes = size_t{1} << 30;

size_t NumFields(absl::string_view line) {
  return static_cast<size_t>(std::count(line.begin(), line.end(), '\t')) + 1;
}

// Of the first line that no '#' can make a comment, 0 if there is none.
size_t FieldsOfFile(absl::string_view text, absl::string_view name) {
  TextLines lines(text, name);
  for (absl::string_view line; lines.Next(&line);) {
    if (absl::StripAsciiWhitespace(line).empty() || line[0] == '#') continue;
    return NumFields(line);
  }
  return 0;
}

// A key may begin with '#', as the tag of a graph of tags does: its line has
// the fields of the others and no blank behind the '#'. Above all others it is
// a heading, as "#node TAB label".
bool IsLabelComment(absl::string_view line, size_t fields_of_file, bool first) {
  if (line[0] != '#') return false;
  if (first && fields_of_file > 0) return true;
  if (line.size() > 1 && line[1] == ' ') return true;
  const size_t fields = NumFields(line);
  return fields_of_file == 0 ? fields == 1 : fields != fields_of_file;
}

// Collects entries, giving labels their ids and joining keys that come again.
class LabelCollector {
 public:
  // What is wrong with a line, empty if nothing is.
  std::string Add(absl::string_view line) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
    if (fields.size() != 2 && fields.size() != 3) {
      return absl::StrCat(
          "expected a key, a tab and its labels with commas between them "
          "(or key, type and labels), found ",
          fields.size(), fields.size() == 1 ? " field" : " fields");
    }
    if (num_fields_ == 0) num_fields_ = fields.size();
    if (fields.size() != num_fields_) {
      return absl::StrCat(fields.size(), " fields, where earlier lines have ",
                          num_fields_);
    }
    const absl::string_view key = absl::StripAsciiWhitespace(fields[0]);
    const absl::string_view type =
        fields.size() == 3 ? absl::StripAsciiWhitespace(fields[1]) : "";
    if (key.empty()) return "the key is empty";
    return AddLabels(EntryOf(key, type), fields.back());
  }

  LabelFile Take() {
    for (KeyLabels& entry : file_.entries) {
      std::sort(entry.labels.begin(), entry.labels.end());
      entry.labels.erase(std::unique(entry.labels.begin(), entry.labels.end()),
                         entry.labels.end());
    }
    return std::move(file_);
  }

 private:
  KeyLabels* EntryOf(absl::string_view key, absl::string_view type) {
    const auto [place, is_new] =
        entry_of_.emplace(std::make_pair(std::string(type), std::string(key)),
                          file_.entries.size());
    if (is_new) {
      file_.entries.push_back({std::string(key), std::string(type), {}});
    }
    return &file_.entries[place->second];
  }

  std::string AddLabels(KeyLabels* entry, absl::string_view field) {
    for (absl::string_view label : absl::StrSplit(field, ',')) {
      label = absl::StripAsciiWhitespace(label);
      if (label.empty()) return "a label is empty";
      const auto [place, is_new] = label_id_.emplace(
          std::string(label), static_cast<uint32_t>(file_.names.size()));
      if (is_new) file_.names.emplace_back(label);
      entry->labels.push_back(place->second);
    }
    return "";
  }

  LabelFile file_;
  size_t num_fields_ = 0;
  HashMap<std::pair<std::string, std::string>, size_t> entry_of_;
  HashMap<std::string, uint32_t> label_id_;
};

}  // namespace

absl::StatusOr<LabelFile> ParseLabelFile(absl::string_view text,
                                         absl::string_view name) {
  LabelCollector collector;
  const size_t fields = FieldsOfFile(text, name);
  bool first = true;
  TextLines lines(text, name);
  for (absl::string_view line; lines.Next(&line);) {
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    if (IsLabelComment(line, fields, first)) continue;
    first = false;
    if (!IsValidUtf8(line)) return lines.Error("not UTF-8; convert the file");
    const std::string problem = collector.Add(line);
    if (!problem.empty()) return lines.Error(problem);
  }
  LabelFile file = collector.Take();
  if (file.entries.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": no labels; expected lines of a key, a tab and its labels"));
  }
  return file;
}

absl::StatusOr<LabelFile> ReadLabelFile(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxLabelBytes));
  return ParseLabelFile(text, InputName(path));
}

uint32_t FindLabelled(const Vocabulary& vocabulary, const KeyLabels& entry) {
  const uint32_t id = vocabulary.Find(entry.key);
  if (id != Vocabulary::kNotFound || entry.type.empty()) return id;
  return vocabulary.Find(absl::StrCat(entry.type, ":", entry.key));
}

}  // namespace embed
