// Character n-grams of words, hashed into buckets: the features of fastText
// (Bojanowski, Grave, Joulin, Mikolov, TACL 2017), row for row those of its
// program (version 0.9.2).
//
// The word is written as "<word>". Every run of n characters of that, n = min_n
// .. max_n, is an n-gram, but not a lone "<" or ">". A character is a byte and
// the bytes 10xxxxxx behind it: a code point, in valid UTF-8. The bucket of an
// n-gram is its hash modulo the number of buckets.
//
// Rows of the input table: the words of the vocabulary, by id, then the
// buckets. The rows of a word are its own, if it is in the vocabulary, then
// those of its n-grams by place and length. "</s>", the end of a line, has no
// n-grams.
#ifndef EMBED_TEXT_CHAR_NGRAMS_H_
#define EMBED_TEXT_CHAR_NGRAMS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/model/feature_map.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct CharNgramOptions {
  static constexpr uint32_t kMaxBuckets = uint32_t{1} << 30;

  int min_n = 3;  // characters
  int max_n = 6;  // below min_n: words have no n-grams
  uint32_t buckets = 2000000;
  int threads = 1;

  bool has_ngrams() const { return max_n >= 1 && max_n >= min_n; }
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;
};

// FNV-1a with 32 bits, but each byte is widened as a signed one, as fastText's
// files need it: bytes from 0x80 on set the upper 24 bits as well.
uint32_t FasttextHash(absl::string_view text);

// The buckets of the n-grams of `word`, in the order of its rows.
std::vector<uint32_t> CharNgramBuckets(absl::string_view word,
                                       const CharNgramOptions& options);

// The rows of a word, whether `vocabulary` has it or not.
std::vector<uint32_t> CharNgramRows(absl::string_view word,
                                    const Vocabulary& vocabulary,
                                    const CharNgramOptions& options);

// The rows of all words; they compose by their mean and have no keys.
// InvalidArgument: an option, or more than 2^31 rows.
absl::StatusOr<FeatureMap> BuildCharNgramFeatures(
    const Vocabulary& vocabulary, const CharNgramOptions& options);

}  // namespace embed

#endif  // EMBED_TEXT_CHAR_NGRAMS_H_
