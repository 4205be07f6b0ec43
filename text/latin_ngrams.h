// Character n-grams of the parts of words that are not written in Chinese:
// "GDP", "3D", the "A" of "A股".
//
// As fastText has them (Bojanowski, Grave, Joulin, Mikolov, TACL 2017) the word
// is written as "<word>", and every run of n characters of that, n = min_n ..
// max_n, is an n-gram; but here only runs of characters below U+0400 (Latin
// with its accents, digits, Greek). The full-width forms U+FF01 .. U+FF5E count
// as the characters that they stand for. "<A股>" has "<A".
//
// The index is exact: the code of an n-gram (frozen: it is stored in files as
// the key of its row) is
//   1 << 63 | n << 60 | c_1 << 10(n-1) | ... | c_n << 0,
// with c_i the code point of character i. No stroke n-gram (stroke_ngrams.h)
// has such a code.
#ifndef EMBED_TEXT_LATIN_NGRAMS_H_
#define EMBED_TEXT_LATIN_NGRAMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace embed {

constexpr int kMaxLatinN = 6;  // 10 bits a character in 60

// Appends the codes of the n-grams of a UTF-8 word, by place and length.
// 1 <= min_n <= max_n <= kMaxLatinN.
void AppendLatinNgramCodes(absl::string_view word, int min_n, int max_n,
                           std::vector<uint64_t>* codes);

// Whether a code is one of these.
constexpr bool IsLatinNgram(uint64_t code) { return code >> 63 != 0; }

// The characters of an n-gram.
std::string LatinNgramText(uint64_t code);

}  // namespace embed

#endif  // EMBED_TEXT_LATIN_NGRAMS_H_
