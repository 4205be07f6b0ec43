#include "embed/io/key_text.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/hash_table.h"
#include "embed/base/quoted.h"
#include "embed/base/white_space.h"

namespace embed {
namespace {

constexpr char kReplacement[] = "\xe2\x96\x81";  // U+2581

// The bytes of the white-space character that `text` starts with, else 0.
size_t BlankBytes(absl::string_view text) {
  // White space to Python, though not to Unicode.
  if (text[0] >= 0x1C && text[0] <= 0x1F) return 1;
  return WhiteSpaceLength(text.data(), text.size());
}

}  // namespace

std::string WithoutWhiteSpace(absl::string_view key) {
  std::string result;
  for (size_t i = 0; i < key.size();) {
    const size_t blank = BlankBytes(key.substr(i));
    if (blank > 0) {
      result += kReplacement;
      i += blank;
    } else {
      result += key[i++];
    }
  }
  return result;
}

std::string EscapedKey(absl::string_view key) {
  std::string result;
  for (const char c : key) {
    switch (c) {
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string UnescapedKey(absl::string_view text) {
  constexpr absl::string_view kLetters = "\\nrt";
  constexpr absl::string_view kMeant = "\\\n\r\t";
  std::string key;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t letter = text[i] == '\\' && i + 1 < text.size()
                              ? kLetters.find(text[i + 1])
                              : absl::string_view::npos;
    if (letter == absl::string_view::npos) {
      key += text[i];
    } else {
      key += kMeant[letter];
      ++i;
    }
  }
  return key;
}

absl::StatusOr<std::vector<std::string>> ReplacedKeys(
    const Vocabulary& vocabulary) {
  std::vector<std::string> replaced(vocabulary.size());
  HashMap<absl::string_view, uint32_t> first;
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    std::string text = WithoutWhiteSpace(vocabulary.key(id));
    if (text == vocabulary.key(id)) continue;
    replaced[id] = std::move(text);
    // A changed key can be like an unchanged one or like a changed one.
    uint32_t other = vocabulary.Find(replaced[id]);
    if (other == Vocabulary::kNotFound) {
      const auto inserted = first.emplace(replaced[id], id);
      if (inserted.second) continue;
      other = inserted.first->second;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "keys ", Quoted(vocabulary.key(other)), " and ",
        Quoted(vocabulary.key(id)), " would both be written as ",
        Quoted(replaced[id]),
        ": white space is replaced in this format; write npy instead"));
  }
  return replaced;
}

}  // namespace embed
