#include "text/latin_ngrams.h"

#include "embed/base/utf8.h"

namespace embed {
namespace {

constexpr uint64_t kLatinMark = uint64_t{1} << 63;
constexpr int kLatinLengthShift = 60;
constexpr int kCharacterBits = 10;
constexpr uint32_t kEndOfLatin = uint32_t{1} << kCharacterBits;

// The character as it stands in codes; kEndOfLatin: it stands in none.
uint32_t Folded(uint32_t code_point) {
  constexpr uint32_t kFullWidth = 0xFF01;
  constexpr uint32_t kFullWidthEnd = 0xFF5F;
  if (code_point >= kFullWidth && code_point < kFullWidthEnd) {
    return code_point - kFullWidth + '!';
  }
  return code_point < kEndOfLatin ? code_point : kEndOfLatin;
}

// "<word>" as folded characters.
std::vector<uint32_t> Characters(absl::string_view word) {
  std::vector<uint32_t> characters = {'<'};
  while (!word.empty()) {
    const Utf8Sequence character = DecodeUtf8(word);
    word.remove_prefix(character.bytes);
    characters.push_back(Folded(character.code_point));
  }
  characters.push_back('>');
  return characters;
}

}  // namespace

void AppendLatinNgramCodes(absl::string_view word, int min_n, int max_n,
                           std::vector<uint64_t>* codes) {
  const std::vector<uint32_t> characters = Characters(word);
  for (size_t begin = 0; begin < characters.size(); ++begin) {
    uint64_t code = 0;
    for (int n = 1; n <= max_n; ++n) {
      const size_t at = begin + static_cast<size_t>(n) - 1;
      if (at >= characters.size() || characters[at] == kEndOfLatin) break;
      code = code << kCharacterBits | characters[at];
      const bool lone_mark =
          n == 1 && (begin == 0 || begin + 1 == characters.size());
      if (n < min_n || lone_mark) continue;
      codes->push_back(kLatinMark |
                       static_cast<uint64_t>(n) << kLatinLengthShift | code);
    }
  }
}

std::string LatinNgramText(uint64_t code) {
  std::string text;
  for (uint64_t i = (code & ~kLatinMark) >> kLatinLengthShift; i > 0; --i) {
    AppendUtf8(static_cast<uint32_t>(code >> (kCharacterBits * (i - 1)) &
                                     (kEndOfLatin - 1)),
               &text);
  }
  return text;
}

}  // namespace embed
