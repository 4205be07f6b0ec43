#include "text/stroke_ngrams.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/hash_table.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "text/latin_ngrams.h"

namespace embed {
namespace {

constexpr int kStrokeLengthShift = 48;
constexpr uint32_t kNoRow = 0xFFFFFFFF;

// Calls visit(begin, n, code) for all n-grams, in the order of
// StrokeNgramCodes().
template <typename Visit>
void ForEachNgram(absl::string_view strokes, int min_n, int max_n,
                  Visit&& visit) {
  for (size_t begin = 0; begin < strokes.size(); ++begin) {
    const size_t longest =
        std::min(static_cast<size_t>(max_n), strokes.size() - begin);
    uint64_t classes = 0;
    for (size_t n = 1; n <= longest; ++n) {
      classes = classes << 3 | StrokeClass(strokes[begin + n - 1]);
      if (n >= static_cast<size_t>(min_n)) {
        visit(begin, n,
              static_cast<uint64_t>(n) << kStrokeLengthShift | classes);
      }
    }
  }
}

// Adds the n-grams that other orders of one character at a time give a word of
// these strokes, and that `codes` has not.
void AppendOtherOrders(absl::string_view word, absl::string_view strokes,
                       const StrokeTable& table, int min_n, int max_n,
                       std::vector<uint64_t>* codes) {
  HashSet<uint64_t> known(codes->begin(), codes->end());
  const auto around = static_cast<size_t>(max_n) - 1;
  size_t end = 0;  // of the character's strokes in `strokes`
  while (!word.empty()) {
    const Utf8Sequence character = DecodeUtf8(word);
    word.remove_prefix(character.bytes);
    const size_t begin = end;
    end += table.Strokes(character.code_point).size();
    const size_t left = std::min(begin, around);
    for (const absl::string_view other :
         table.OtherOrders(character.code_point)) {
      const std::string text = absl::StrCat(strokes.substr(begin - left, left),
                                            other, strokes.substr(end, around));
      ForEachNgram(text, min_n, max_n, [&](size_t at, size_t n, uint64_t code) {
        const bool touches = at < left + other.size() && at + n > left;
        if (touches && known.insert(code).second) codes->push_back(code);
      });
    }
  }
}

// Builds the features in three passes over the words: count the n-grams, number
// those kept, list the rows of each word.
class Builder {
 public:
  Builder(const Vocabulary& vocabulary, const StrokeTable& table,
          const StrokeOptions& options)
      : vocabulary_(vocabulary), table_(table), options_(options) {}

  void CountNgrams() {
    for (uint32_t id = 0; id < vocabulary_.size(); ++id) {
      const uint64_t count = vocabulary_.count(id);
      for (const uint64_t code : Codes(id)) counts_[code] += count;
    }
  }

  // From here on the map holds row numbers instead of counts.
  void NumberNgrams() {
    for (const auto& [code, count] : counts_) {
      if (count >= options_.min_ngram_count) keys_.push_back(code);
    }
    std::sort(keys_.begin(), keys_.end());
    for (auto& entry : counts_) entry.second = kNoRow;
    for (size_t row = 0; row < keys_.size(); ++row) counts_[keys_[row]] = row;
  }

  absl::StatusOr<FeatureMap> ListRows() {
    std::vector<uint64_t> offsets(vocabulary_.size() + uint64_t{1});
    ForWords([&](uint32_t id, uint32_t row) {
      offsets[id + uint64_t{1}] += row != kNoRow ? 1 : 0;
    });
    for (size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
    std::vector<uint32_t> rows(offsets.back());
    std::vector<uint64_t> next = offsets;
    ForWords([&](uint32_t id, uint32_t row) {
      if (row != kNoRow) rows[next[id]++] = row;
    });
    return FeatureMap::Create(std::move(offsets), std::move(rows),
                              std::move(keys_), options_.compose);
  }

 private:
  std::vector<uint64_t> Codes(uint32_t id) const {
    return WordNgramCodes(vocabulary_.key(id), table_, options_);
  }

  // Calls visit(id, row) for each n-gram of each word, words in parallel.
  template <typename Visit>
  void ForWords(Visit&& visit) const {
    ParallelFor(options_.threads, vocabulary_.size(),
                [&](uint64_t begin, uint64_t end) {
                  for (uint64_t i = begin; i < end; ++i) {
                    const auto id = static_cast<uint32_t>(i);
                    for (const uint64_t code : Codes(id)) {
                      const auto found = counts_.find(code);
                      visit(id, static_cast<uint32_t>(found->second));
                    }
                  }
                });
  }

  const Vocabulary& vocabulary_;
  const StrokeTable& table_;
  const StrokeOptions& options_;
  HashMap<uint64_t, uint64_t> counts_;
  std::vector<uint64_t> keys_;
};

StrokeCoverage Coverage(const Vocabulary& vocabulary, const StrokeTable& table,
                        const FeatureMap& map) {
  StrokeCoverage coverage;
  HashSet<uint32_t> characters;
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    ++coverage.words;
    coverage.tokens += vocabulary.count(id);
    if (!map.Rows(id).empty()) {
      ++coverage.words_with_ngrams;
      coverage.tokens_with_ngrams += vocabulary.count(id);
    }
    absl::string_view word = vocabulary.key(id);
    while (!word.empty()) {
      const Utf8Sequence character = DecodeUtf8(word);
      word.remove_prefix(character.bytes);
      if (!characters.insert(character.code_point).second) continue;
      ++coverage.characters;
      if (!table.Strokes(character.code_point).empty()) {
        ++coverage.characters_with_strokes;
      }
      if (!table.OtherOrders(character.code_point).empty()) {
        ++coverage.characters_with_other_orders;
      }
    }
  }
  for (const uint64_t key : map.row_keys()) {
    if (IsLatinNgram(key)) ++coverage.latin_ngrams;
  }
  return coverage;
}

}  // namespace

absl::Status StrokeOptions::Validate() const {
  if (min_n < 1 || max_n < min_n || max_n > kMaxN) {
    return absl::InvalidArgumentError(
        absl::StrCat("stroke n-grams of ", min_n, " to ", max_n,
                     " strokes; expected 1 <= min <= max <= ", kMaxN));
  }
  if (latin_max_n != 0 && (latin_min_n < 1 || latin_max_n < latin_min_n ||
                           latin_max_n > kMaxLatinN)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "character n-grams of Latin text of ", latin_min_n, " to ", latin_max_n,
        " characters; expected 1 <= min <= max <= ", kMaxLatinN));
  }
  if (threads < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads is ", threads, ", expected at least 1"));
  }
  return absl::OkStatus();
}

absl::StatusOr<StrokeFeatures> BuildStrokeFeatures(
    const Vocabulary& vocabulary, const StrokeTable& table,
    const StrokeOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  StrokeFeatures features;
  Builder builder(vocabulary, table, options);
  builder.CountNgrams();
  builder.NumberNgrams();
  EMBED_ASSIGN_OR_RETURN(features.map, builder.ListRows());
  if (features.map.num_rows() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("no stroke n-gram in the ", vocabulary.size(),
                     " words of the vocabulary: no word has ", options.min_n,
                     " strokes or no n-gram occurs min_ngram_count=",
                     options.min_ngram_count, " times; is the text Chinese?"));
  }
  features.coverage = Coverage(vocabulary, table, features.map);
  return features;
}

std::vector<CharacterCount> CharactersWithoutStrokes(
    const Vocabulary& vocabulary, const StrokeTable& table) {
  HashMap<uint32_t, uint64_t> counts;
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    absl::string_view word = vocabulary.key(id);
    while (!word.empty()) {
      const Utf8Sequence character = DecodeUtf8(word);
      word.remove_prefix(character.bytes);
      if (!table.Strokes(character.code_point).empty()) continue;
      counts[character.code_point] += vocabulary.count(id);
    }
  }
  std::vector<CharacterCount> result;
  result.reserve(counts.size());
  for (const auto& [character, count] : counts) {
    result.push_back({character, count});
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
    return a.count != b.count ? a.count > b.count : a.code_point < b.code_point;
  });
  return result;
}

std::vector<uint64_t> StrokeNgramCodes(absl::string_view strokes, int min_n,
                                       int max_n) {
  std::vector<uint64_t> codes;
  ForEachNgram(strokes, min_n, max_n,
               [&](size_t, size_t, uint64_t code) { codes.push_back(code); });
  return codes;
}

std::string StrokeNgramText(uint64_t code) {
  constexpr absl::string_view kLetters = "?hspnz??";
  std::string text;
  for (uint64_t i = code >> kStrokeLengthShift; i > 0; --i) {
    text.push_back(kLetters[code >> (3 * (i - 1)) & 7]);
  }
  return text;
}

std::vector<uint64_t> WordNgramCodes(absl::string_view word,
                                     const StrokeTable& table,
                                     const StrokeOptions& options) {
  const std::string strokes = table.WordStrokes(word);
  std::vector<uint64_t> codes =
      StrokeNgramCodes(strokes, options.min_n, options.max_n);
  if (table.has_other_orders()) {
    AppendOtherOrders(word, strokes, table, options.min_n, options.max_n,
                      &codes);
  }
  if (options.latin_max_n > 0) {
    AppendLatinNgramCodes(word, options.latin_min_n, options.latin_max_n,
                          &codes);
  }
  return codes;
}

std::vector<uint32_t> StrokeNgramRows(absl::string_view word,
                                      const StrokeTable& table,
                                      const FeatureMap& features,
                                      const StrokeOptions& options) {
  const absl::Span<const uint64_t> keys = features.row_keys();
  std::vector<uint32_t> rows;
  for (const uint64_t code : WordNgramCodes(word, table, options)) {
    const auto found = std::lower_bound(keys.begin(), keys.end(), code);
    if (found == keys.end() || *found != code) continue;
    rows.push_back(static_cast<uint32_t>(found - keys.begin()));
  }
  return rows;
}

}  // namespace embed
