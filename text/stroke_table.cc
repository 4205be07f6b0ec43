#include "text/stroke_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/quoted.h"
#include "embed/base/utf8.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

// Far more than any stroke table; stops a wrong file before memory is full.
constexpr size_t kMaxStrokeBytes = size_t{256} << 20;

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

absl::StatusOr<StrokeTable> StrokeTable::Load(const std::string& path,
                                              StrokeOrders orders) {
  const std::string used = path.empty() ? kDefaultPath : path;
  absl::StatusOr<std::string> text = ReadWholeText(used, kMaxStrokeBytes);
  if (path.empty() && absl::IsNotFound(text.status())) {
    return absl::NotFoundError(absl::StrCat(
        "no stroke table: ", used,
        " is missing; install the package rime-data-stroke, or name a file of "
        "lines CHARACTER TAB CODE with --strokes"));
  }
  if (!text.ok()) return text.status();
  return Parse(*text, InputName(used), orders);
}

absl::StatusOr<StrokeTable> StrokeTable::Parse(absl::string_view text,
                                               absl::string_view name,
                                               StrokeOrders orders) {
  TextLines lines(text, name);
  StrokeTable table;
  table.orders_ = orders;
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
    return absl::InvalidArgumentError(absl::StrCat(
        "the strokes of ", Quoted(key), " are not 1 to ", kMaxStrokes,
        " of the letters hspnz or of the digits 12345"));
  }
  AddOthers(character.code_point,
            rest.substr(std::min(code.size() + 1, rest.size())));
  AddOrder(character.code_point, letters);
  return absl::OkStatus();
}

void StrokeTable::AddOthers(uint32_t code_point, absl::string_view columns) {
  if (orders_ == StrokeOrders::kPreferred) return;
  const std::vector<absl::string_view> after = absl::StrSplit(columns, '\t');
  if (after.size() < 2) return;
  std::vector<std::string> codes;
  for (const absl::string_view code : absl::StrSplit(after[1], ',')) {
    codes.emplace_back();
    if (!NormalizeCode(code, &codes.back())) return;
  }
  for (const std::string& code : codes) AddOrder(code_point, code);
}

void StrokeTable::AddOrder(uint32_t code_point, const std::string& letters) {
  const Place place = {static_cast<uint32_t>(codes_.size()),
                       static_cast<uint32_t>(letters.size())};
  const auto [preferred, is_new] = places_.emplace(code_point, place);
  if (!is_new && Code(preferred->second) == letters) return;
  codes_ += letters;
  if (is_new) return;
  if (orders_ == StrokeOrders::kAll) {
    std::vector<Place>& others = others_[code_point];
    others.erase(std::remove_if(others.begin(), others.end(),
                                [&](const Place& other) {
                                  return Code(other) == letters;
                                }),
                 others.end());
    others.push_back(preferred->second);
  }
  preferred->second = place;
}

std::vector<absl::string_view> StrokeTable::OtherOrders(
    uint32_t code_point) const {
  std::vector<absl::string_view> orders;
  const auto found = others_.find(code_point);
  if (found == others_.end()) return orders;
  for (const Place& place : found->second) orders.push_back(Code(place));
  return orders;
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
  const auto add = [&text](uint32_t character, absl::string_view code) {
    AppendUtf8(character, &text);
    absl::StrAppend(&text, "\t", code, "\n");
  };
  for (const uint32_t character : characters) {
    for (const absl::string_view other : OtherOrders(character)) {
      add(character, other);
    }
    add(character, Strokes(character));
  }
  return absl::StrCat(MarkBefore(text), text);
}

}  // namespace embed
