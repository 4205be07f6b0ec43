// Counts of words, made by several threads and merged.
#ifndef EMBED_TEXT_WORD_COUNTER_H_
#define EMBED_TEXT_WORD_COUNTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "text/word_map.h"

namespace embed {

// Counts up to 2^64 - 1 per word. Not thread-safe: one for each thread.
class WordCounter {
 public:
  void Add(absl::string_view word, uint64_t key) {
    WordMap::Slot* slot = map_.FindOrInsert(word, key);
    if (++slot->value == 0) AddCarry(*slot);
  }

  // How often the word of a used slot of map() was added.
  uint64_t Count(const WordMap::Slot& slot) const;
  const WordMap& map() const { return map_; }

 private:
  void AddCarry(const WordMap::Slot& slot);

  WordMap map_;  // value: the low 32 bits of the count
  // The high parts, of the few words that have one.
  absl::flat_hash_map<std::string, uint64_t> carries_;
};

struct WordCount {
  std::string word;
  uint64_t count = 0;
};

struct WordCounts {
  // The words counted at least min_count times, most frequent first, equal
  // counts by rising bytes.
  std::vector<WordCount> words;
  uint64_t distinct = 0;  // words counted at all
};

// Adds up the counters, which it empties. `threads` changes the time only.
WordCounts MergeCounts(std::vector<WordCounter> counters, uint64_t min_count,
                       int threads);

}  // namespace embed

#endif  // EMBED_TEXT_WORD_COUNTER_H_
