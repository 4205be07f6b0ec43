#include "text/text_filter.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "embed/base/hash_table.h"
#include "embed/base/utf8.h"
#include "embed/base/white_space.h"
#include "text/tokenizer.h"

namespace embed {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

// Eight ASCII bytes at once: 0x20 is added where a byte is in 'A' .. 'Z'.
uint64_t LowerAscii(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  const uint64_t from_a = bytes + (0x80 - 'A') * kOnes;
  const uint64_t beyond_z = bytes + (0x80 - 'Z' - 1) * kOnes;
  return bytes + (((from_a & ~beyond_z) & kHighBits) >> 2);
}

// The lead bytes of U+3000 .. U+9FFF and U+B000 .. U+D7FF, which have no case.
bool HasNoCase(char lead) {
  const auto byte = static_cast<uint8_t>(lead);
  return (byte >= 0xE3 && byte <= 0xE9) || (byte >= 0xEB && byte <= 0xED);
}

class LowercaseFilter final : public TextFilter {
 public:
  void Apply(absl::string_view text, std::string* result) const override {
    // No code point below U+0080 grows; one of two bytes grows to three at
    // most.
    result->resize(text.size() + text.size() / 2);
    char* out = &(*result)[0];
    size_t i = 0;
    while (i < text.size()) {
      i += LowerRun(text.substr(i), &out);
      if (i < text.size()) i += LowerOne(text.substr(i), &out);
    }
    result->resize(static_cast<size_t>(out - result->data()));
  }

 private:
  // The ASCII that `text` starts with, but for some last bytes; its length.
  static size_t LowerRun(absl::string_view text, char** out) {
    size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
      uint64_t bytes;
      std::memcpy(&bytes, text.data() + i, 8);
      if ((bytes & kHighBits) != 0) break;
      bytes = LowerAscii(bytes);
      std::memcpy(*out, &bytes, 8);
      *out += 8;
    }
    return i;
  }

  static size_t LowerOne(absl::string_view text, char** out) {
    const char first = text[0];
    if (static_cast<uint8_t>(first) < 0x80) {
      *(*out)++ = first >= 'A' && first <= 'Z' ? first + ('a' - 'A') : first;
      return 1;
    }
    if (HasNoCase(first)) {
      std::memcpy(*out, text.data(), 3);
      *out += 3;
      return 3;
    }
    const Utf8Sequence sequence = DecodeUtf8(text);
    *out += utf8proc_encode_char(
        utf8proc_tolower(static_cast<utf8proc_int32_t>(sequence.code_point)),
        reinterpret_cast<utf8proc_uint8_t*>(*out));
    return sequence.bytes;
  }
};

class CharacterFilter final : public TextFilter {
 public:
  void Apply(absl::string_view text, std::string* result) const override {
    result->clear();
    result->reserve(text.size() + text.size() / 2);
    Kind before = Kind::kBlank;
    for (size_t i = 0; i < text.size();) {
      size_t size = WhiteSpaceLength(text.data() + i, text.size() - i);
      Kind kind = Kind::kBlank;
      if (size == 0) {
        const Utf8Sequence sequence = DecodeUtf8(text.substr(i));
        size = sequence.bytes;
        kind = KindOf(sequence.code_point);
        const bool joined = before == Kind::kBlank || kind == Kind::kMark ||
                            (kind == Kind::kRun && before == Kind::kRun);
        if (!joined) result->push_back(' ');
        if (kind == Kind::kMark && before != Kind::kBlank) kind = before;
      }
      result->append(text.data() + i, size);
      before = kind;
      i += size;
    }
  }

 private:
  enum class Kind { kBlank, kRun, kMark, kAlone };

  static Kind KindOf(uint32_t code_point) {
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
      case UTF8PROC_CATEGORY_LU:
      case UTF8PROC_CATEGORY_LL:
      case UTF8PROC_CATEGORY_LT:
      case UTF8PROC_CATEGORY_ND:
        return Kind::kRun;
      case UTF8PROC_CATEGORY_MN:
      case UTF8PROC_CATEGORY_MC:
      case UTF8PROC_CATEGORY_ME:
      case UTF8PROC_CATEGORY_CF:
        return Kind::kMark;
      default:
        return Kind::kAlone;
    }
  }
};

class SetFilter final : public TextFilter {
 public:
  void Apply(absl::string_view text, std::string* result) const override {
    result->clear();
    HashMap<absl::string_view, uint32_t> line_of;  // last seen in
    uint32_t line = 1;
    Tokenizer tokens(text);
    absl::string_view token;
    Tokenizer::Event event;
    while ((event = tokens.Next(&token)) != Tokenizer::kEnd) {
      if (event == Tokenizer::kLineEnd) {
        result->push_back('\n');
        ++line;
        continue;
      }
      uint32_t& seen = line_of[token];
      if (seen == line) continue;
      seen = line;
      result->append(token.data(), token.size());
      result->push_back(' ');
    }
  }
};

}  // namespace

std::unique_ptr<TextFilter> NewLowercaseFilter() {
  return std::make_unique<LowercaseFilter>();
}

std::unique_ptr<TextFilter> NewCharacterFilter() {
  return std::make_unique<CharacterFilter>();
}

std::unique_ptr<TextFilter> NewSetFilter() {
  return std::make_unique<SetFilter>();
}

}  // namespace embed
