// Stroke n-grams of words, the features of cw2vec (Cao, Lu, Zhou, Li, AAAI
// 2018, section 2.1).
//
// The strokes of all characters of a word are written behind one another, and
// every window of n strokes, n = min_n .. max_n, is a feature of the word.
// There are no marks at the word's ends. The paper calls S(w) a collection; we
// keep an n-gram as often as it occurs in the word. Words whose stroke strings
// are equal have equal features.
//
// Where the table keeps several orders of a character's strokes, the word is
// also written with each other order of each of its characters in turn, all the
// other characters in the preferred one, and the n-grams are added that it does
// not have yet, each once. So the n-grams of a word grow with the number of
// orders that its characters have, not with that of their combinations; those
// of two characters at a time in other orders are left out.
//
// Characters that are not Chinese may have n-grams too (latin_ngrams.h), which
// follow those of the strokes.
//
// The index is exact: no hashing, no two n-grams share a row. The code of an
// n-gram (frozen: it is stored in files as the key of its row) is
//   n << 48 | c_1 << 3(n-1) | ... | c_n << 0,
// with c_i the class 1 .. 5 of stroke i. So codes rise with n, then with the
// strokes in the order h s p n z, and rows are numbered in that order.
#ifndef EMBED_TEXT_STROKE_NGRAMS_H_
#define EMBED_TEXT_STROKE_NGRAMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/model/feature_map.h"
#include "embed/model/vocabulary.h"
#include "text/stroke_table.h"

namespace embed {

struct StrokeOptions {
  static constexpr int kMaxN = 16;  // 3 bits a stroke in 48

  int min_n = 3;  // strokes; the paper's footnote 6
  int max_n = 12;
  // N-grams that occur less often have no row. An occurrence in a word counts
  // as often as the word: sum over words of count(word) * times in word.
  uint64_t min_ngram_count = 1;
  Compose compose = Compose::kSum;  // the paper's
  int threads = 1;
  // Of character n-grams of Latin text, 1 to kMaxLatinN; latin_max_n 0: none.
  int latin_min_n = 0;
  int latin_max_n = 0;

  absl::Status Validate() const;
};

// How much of a vocabulary has strokes. A word counts when at least one n-gram
// is left for it (a word of fewer than min_n strokes has none), a character
// when it is in the stroke table.
struct StrokeCoverage {
  uint64_t words = 0;
  uint64_t words_with_ngrams = 0;
  uint64_t tokens = 0;
  uint64_t tokens_with_ngrams = 0;
  uint64_t characters = 0;  // distinct code points in the words
  uint64_t characters_with_strokes = 0;
  uint64_t characters_with_other_orders = 0;
  uint64_t latin_ngrams = 0;  // rows
};

// The distinct characters of the words that have no strokes, each with how
// often it occurs (in each word as often as the word), the most frequent first,
// then by code point.
struct CharacterCount {
  uint32_t code_point;
  uint64_t count;
};
std::vector<CharacterCount> CharactersWithoutStrokes(
    const Vocabulary& vocabulary, const StrokeTable& table);

struct StrokeFeatures {
  FeatureMap map;  // a word without n-grams has an empty list
  StrokeCoverage coverage;
};

// Errors: InvalidArgument for the options, or if no word has an n-gram.
absl::StatusOr<StrokeFeatures> BuildStrokeFeatures(
    const Vocabulary& vocabulary, const StrokeTable& table,
    const StrokeOptions& options);

// The codes of all n-grams of a stroke string, by position of their first
// stroke, then by length.
std::vector<uint64_t> StrokeNgramCodes(absl::string_view strokes, int min_n,
                                       int max_n);

// The strokes of an n-gram in letters, for people.
std::string StrokeNgramText(uint64_t code);

// The codes of all n-grams of a word, in the order of its rows.
std::vector<uint64_t> WordNgramCodes(absl::string_view word,
                                     const StrokeTable& table,
                                     const StrokeOptions& options);

// The rows of `features` whose n-grams a word has, also a word that is not in
// the vocabulary: for each occurrence one row; n-grams without a row are left
// out. Empty: nothing is known of the word. Of the options those count that say
// which n-grams a word has.
std::vector<uint32_t> StrokeNgramRows(absl::string_view word,
                                      const StrokeTable& table,
                                      const FeatureMap& features,
                                      const StrokeOptions& options);

}  // namespace embed

#endif  // EMBED_TEXT_STROKE_NGRAMS_H_
