// How far two spellings are apart, for "did you mean".
#ifndef EMBED_INDEX_SPELLING_H_
#define EMBED_INDEX_SPELLING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace embed {

// The code points of UTF-8 text. A byte that is not part of UTF-8 becomes
// U+DC00 + byte, which no UTF-8 text contains.
std::u32string CodePoints(absl::string_view utf8);

// The fewest insertions, deletions, replacements and exchanges of neighbours
// that turn a into b, no part being edited twice (Damerau 1964, in the form
// called optimal string alignment); limit + 1 if it is more than `limit`.
// O(|a| |b|) time, less when it stops at the limit.
int EditDistance(const std::u32string& a, const std::u32string& b, int limit);

}  // namespace embed

#endif  // EMBED_INDEX_SPELLING_H_
