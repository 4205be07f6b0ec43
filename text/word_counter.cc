#include "text/word_counter.h"

namespace embed {

void WordCounter::Add(absl::string_view word, uint64_t key, uint64_t times) {
  WordMap::Slot* slot = map_.FindOrInsert(word, key);
  const uint64_t sum = slot->value + times;
  slot->value = static_cast<uint32_t>(sum);
  if (sum >> 32 != 0) AddCarry(*slot, sum >> 32);
}

uint64_t WordCounter::Count(const WordMap::Slot& slot) const {
  if (carries_.empty()) return slot.value;
  const auto carry = carries_.find(map_.Text(slot));
  return slot.value + (carry == carries_.end() ? 0 : carry->second);
}

void WordCounter::AddCarry(const WordMap::Slot& slot, uint64_t times) {
  carries_[std::string(map_.Text(slot))] += times << 32;
}

}  // namespace embed
