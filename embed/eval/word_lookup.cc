#include "embed/eval/word_lookup.h"

#include "absl/strings/ascii.h"

namespace embed {

uint32_t FindWord(const Vocabulary& vocabulary, absl::string_view word) {
  const uint32_t id = vocabulary.Find(word);
  if (id != Vocabulary::kNotFound) return id;
  return vocabulary.Find(absl::AsciiStrToLower(word));
}

}  // namespace embed
