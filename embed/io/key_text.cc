#include "embed/io/key_text.h"

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace embed {
namespace {

constexpr char kReplacement[] = "\xe2\x96\x81";  // U+2581

uint8_t Byte(absl::string_view text, size_t i) {
  return i < text.size() ? static_cast<uint8_t>(text[i]) : 0;
}

// The bytes of the white-space character that `text` starts with, else 0. Only
// well-formed UTF-8 matches.
size_t WhiteSpaceBytes(absl::string_view text) {
  const uint8_t b0 = Byte(text, 0), b1 = Byte(text, 1), b2 = Byte(text, 2);
  // U+0009 to U+000D, U+001C to U+001F (white space to Python), U+0020.
  if ((b0 >= 0x09 && b0 <= 0x0D) || (b0 >= 0x1C && b0 <= 0x20)) return 1;
  // U+0085 next line, U+00A0 no-break space.
  if (b0 == 0xC2 && (b1 == 0x85 || b1 == 0xA0)) return 2;
  const uint32_t three = uint32_t{b0} << 16 | uint32_t{b1} << 8 | b2;
  const bool wide = three == 0xE19A80 ||                         // U+1680
                    (three >= 0xE28080 && three <= 0xE2808A) ||  // U+2000-200A
                    three == 0xE280A8 || three == 0xE280A9 ||    // U+2028, 2029
                    three == 0xE280AF ||                         // U+202F
                    three == 0xE2819F ||                         // U+205F
                    three == 0xE38080;                           // U+3000
  return wide ? 3 : 0;
}

}  // namespace

std::string WithoutWhiteSpace(absl::string_view key) {
  std::string result;
  for (size_t i = 0; i < key.size();) {
    const size_t blank = WhiteSpaceBytes(key.substr(i));
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

absl::StatusOr<std::vector<std::string>> ReplacedKeys(
    const Vocabulary& vocabulary) {
  std::vector<std::string> replaced(vocabulary.size());
  absl::flat_hash_map<absl::string_view, uint32_t> first;
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
        "keys '", vocabulary.key(other), "' and '", vocabulary.key(id),
        "' would both be written as '", replaced[id],
        "': white space is replaced in this format; write npy instead"));
  }
  return replaced;
}

}  // namespace embed
