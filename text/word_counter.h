// Counts of words by one thread.
#ifndef EMBED_TEXT_WORD_COUNTER_H_
#define EMBED_TEXT_WORD_COUNTER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "embed/base/hash_table.h"
#include "text/word_map.h"

namespace embed {

// Counts up to 2^64 - 1 per word. Not thread-safe: one for each thread.
class WordCounter {
 public:
  void Add(absl::string_view word, uint64_t key) {
    WordMap::Slot* slot = map_.FindOrInsert(word, key);
    if (++slot->value == 0) AddCarry(*slot, 1);
  }
  // The same `times` times.
  void Add(absl::string_view word, uint64_t key, uint64_t times);

  // How often the word of a used slot of map() was added.
  uint64_t Count(const WordMap::Slot& slot) const;
  const WordMap& map() const { return map_; }

 private:
  void AddCarry(const WordMap::Slot& slot, uint64_t times);

  WordMap map_;  // value: the low 32 bits of the count
  // The high parts, of the few words that have one.
  HashMap<std::string, uint64_t> carries_;
};

}  // namespace embed

#endif  // EMBED_TEXT_WORD_COUNTER_H_
