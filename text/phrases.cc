#include "text/phrases.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "text/tokenizer.h"
#include "text/word_counter.h"
#include "text/word_map.h"

namespace embed {
namespace {

// No token holds a blank, so a pair is never mistaken for a word.
constexpr char kBetween = ' ';

void CountPairs(const CorpusChunk& chunk, WordCounter* counter,
                CorpusStats* stats) {
  Tokenizer tokens(chunk.text);
  absl::string_view word;
  absl::string_view before;  // in the same line; empty: none
  std::string pair;
  Tokenizer::Event event;
  while ((event = tokens.Next(&word)) != Tokenizer::kEnd) {
    if (event == Tokenizer::kLineEnd) {
      ++stats->lines;
      before = {};
      continue;
    }
    counter->Add(word, PackWord(word, tokens.BytesFrom(word.data())));
    ++stats->tokens;
    // What is too long joined would be no token.
    if (!before.empty() &&
        before.size() + word.size() < Tokenizer::kMaxTokenBytes) {
      pair.assign(before.data(), before.size());
      pair.push_back(kBetween);
      pair.append(word.data(), word.size());
      counter->Add(pair, PackWord(pair));
    }
    before = word;
  }
  stats->dropped_tokens += tokens.dropped_tokens();
}

// The counts of the words among words and pairs, for looking up.
class WordCounts {
 public:
  explicit WordCounts(const std::vector<WordCount>& all) {
    for (const WordCount& word : all) {
      if (word.word.find(kBetween) != std::string::npos) continue;
      places_.FindOrInsert(word.word, PackWord(word.word))->value =
          static_cast<uint32_t>(counts_.size());
      counts_.push_back(word.count);
    }
  }

  // 0: rarer than min_count.
  uint64_t Of(absl::string_view word) const {
    const WordMap::Slot* const slot = places_.Find(word, PackWord(word));
    return slot == nullptr ? 0 : counts_[slot->value];
  }

 private:
  WordMap places_;
  std::vector<uint64_t> counts_;
};

bool BeforeInList(const Phrase& a, const Phrase& b) {
  if (a.score != b.score) return a.score > b.score;
  return a.first != b.first ? a.first < b.first : a.second < b.second;
}

}  // namespace

absl::Status PhraseOptions::Validate() const {
  VocabularyOptions counting;
  counting.min_count = min_count;
  counting.max_distinct = max_distinct;
  counting.threads = threads;
  EMBED_RETURN_IF_ERROR(counting.Validate());
  if (!(threshold >= 0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the threshold of phrases is ", threshold, ", expected 0 or more"));
  }
  return absl::OkStatus();
}

absl::StatusOr<FoundPhrases> FindPhrases(Corpus* corpus,
                                         const PhraseOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  WordTotals totals(options.max_distinct, WordMap());
  FoundPhrases found;
  EMBED_RETURN_IF_ERROR(CountChunks(corpus, options.threads, options.max_bytes,
                                    CountPairs, &totals, &found.stats));
  found.stats.distinct_tokens = totals.distinct();
  if (found.stats.tokens == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        corpus->name(), ": holds no words; expected text, a sentence a line"));
  }
  EMBED_ASSIGN_OR_RETURN(const std::vector<WordCount> all,
                         TakeWords(*corpus, options.min_count, options.threads,
                                   options.max_bytes, &totals));
  const WordCounts words(all);
  for (const WordCount& pair : all) {
    const size_t middle = pair.word.find(kBetween);
    if (middle == std::string::npos) continue;
    Phrase phrase{pair.word.substr(0, middle), pair.word.substr(middle + 1), 0,
                  pair.count};
    phrase.first_count = words.Of(phrase.first);
    phrase.second_count = words.Of(phrase.second);
    // A word may have been forgotten where its pair was not.
    if (phrase.first_count == 0 || phrase.second_count == 0) continue;
    phrase.score = static_cast<double>(phrase.count - options.min_count) /
                   static_cast<double>(phrase.first_count) /
                   static_cast<double>(phrase.second_count) *
                   static_cast<double>(found.stats.tokens);
    if (phrase.score > options.threshold) {
      found.phrases.push_back(std::move(phrase));
    }
  }
  std::sort(found.phrases.begin(), found.phrases.end(), BeforeInList);
  return found;
}

}  // namespace embed
