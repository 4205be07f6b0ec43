#include "text/stroke_table.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/utf8.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

// Far more than any stroke table; stops a wrong file before memory is full.
constexpr size_t kMaxFileBytes = size_t{256} << 20;

bool IsComment(absl::string_view line) {
  return line.find_first_not_of(" \t") == absl::string_view::npos ||
         line.front() == '#';
}

// Writes a code in letters; false if it is not a code.
bool NormalizeCode(absl::string_view code, std::string* letters) {
  constexpr absl::string_view kLetters = "hspnz";
  letters->clear();
  if (code.empty() || code.size() > StrokeTable::kMaxStrokes) return false;
  for (const char symbol : code) {
    if (symbol >= '1' && symbol <= '5') {
      letters->push_back(kLetters[static_cast<size_t>(symbol - '1')]);
    } else if (StrokeClass(symbol) != 0) {
      letters->push_back(symbol);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

constexpr char StrokeTable::kDefaultPath[];

absl::StatusOr<StrokeTable> StrokeTable::Load(const std::string& path) {
  const std::string used = path.empty() ? kDefaultPath : path;
  absl::StatusOr<std::string> text = ReadWholeText(used, kMaxFileBytes);
  if (path.empty() && absl::IsNotFound(text.status())) {
    return absl::NotFoundError(absl::StrCat(
        "no stroke table: ", used,
        " is missing; install the package rime-data-stroke, or name a file of "
        "lines CHARACTER TAB CODE with --strokes"));
  }
  if (!text.ok()) return text.status();
  return Parse(*text, InputName(used));
}

absl::StatusOr<StrokeTable> StrokeTable::Parse(absl::string_view text,
                                               absl::string_view name) {
  TextLines lines(text, name);
  StrokeTable table;
  // A rime dictionary starts with a YAML header between "---" and "...".
  bool is_rime = false;
  bool in_header = false;
  for (absl::string_view line; lines.Next(&line);) {
    if (in_header) {
      in_header = line != "...";
      continue;
    }
    if (IsComment(line)) continue;
    if (line == "---" && !is_rime && table.places_.empty()) {
      is_rime = in_header = true;
      continue;
    }
    const absl::Status added = table.AddLine(line, is_rime);
    if (!added.ok()) return lines.Error(added.message());
  }
  if (table.places_.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": not a stroke table: ",
        in_header ? "the header that starts with '---' has no end ('...')"
                  : "it has no line CHARACTER TAB CODE"));
  }
  return table;
}

absl::Status StrokeTable::AddLine(absl::string_view line, bool is_rime) {
  const size_t tab = line.find('\t');
  if (tab == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        "expected a character, a TAB and its strokes");
  }
  const absl::string_view key = line.substr(0, tab);
  const absl::string_view rest = line.substr(tab + 1);
  const absl::string_view code = rest.substr(0, rest.find('\t'));
  const Utf8Sequence character =
      key.empty() ? Utf8Sequence{0, 0, false} : DecodeUtf8(key);
  if (!character.valid || character.bytes != key.size()) {
    return absl::InvalidArgumentError(
        "the first column is not one UTF-8 character");
  }
  std::string letters;
  if (!NormalizeCode(code, &letters)) {
    if (is_rime) {
      ++skipped_entries_;
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat("the strokes of '", key, "' are not 1 to ", kMaxStrokes,
                     " of the letters hspnz or of the digits 12345"));
  }
  places_[character.code_point] = {static_cast<uint32_t>(codes_.size()),
                                   static_cast<uint32_t>(letters.size())};
  codes_ += letters;
  return absl::OkStatus();
}

std::string StrokeTable::WordStrokes(absl::string_view word) const {
  std::string strokes;
  while (!word.empty()) {
    const Utf8Sequence character = DecodeUtf8(word);
    word.remove_prefix(character.bytes);
    const absl::string_view add = Strokes(character.code_point);
    strokes.append(add.data(), add.size());
  }
  return strokes;
}

std::string StrokeTable::Text() const {
  std::vector<uint32_t> characters;
  characters.reserve(places_.size());
  for (const auto& [character, place] : places_) {
    characters.push_back(character);
  }
  std::sort(characters.begin(), characters.end());
  std::string text;
  for (const uint32_t character : characters) {
    AppendUtf8(character, &text);
    absl::StrAppend(&text, "\t", Strokes(character), "\n");
  }
  return text;
}

}  // namespace embed
