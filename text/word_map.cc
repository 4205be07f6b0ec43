#include "text/word_map.h"

#include <algorithm>
#include <utility>

namespace embed {
namespace {

constexpr size_t kMinSlots = 64;
constexpr size_t kBlockBytes = size_t{256} << 10;

}  // namespace

WordMap::WordMap(size_t expected) {
  size_t capacity = kMinSlots;
  while (capacity < 2 * expected) capacity *= 2;
  Allocate(capacity);
}

void WordMap::Allocate(size_t capacity) {
  // Zeros, which are free slots.
  memory_ = AlignedBuffer::Create(capacity * sizeof(Slot)).value();
  slots_ = static_cast<Slot*>(memory_.data());
  mask_ = capacity - 1;
}

WordMap::Slot* WordMap::Insert(absl::string_view word, uint64_t key) {
  if (2 * (size_ + 1) > mask_ + 1) Grow();
  Slot* slot = FreeSlot(key);
  slot->key = key;
  if (!IsShort(key)) {
    slot->long_index = static_cast<uint32_t>(longs_.size());
    longs_.push_back({Store(word), static_cast<uint32_t>(word.size())});
  }
  ++size_;
  return slot;
}

WordMap::Slot* WordMap::FreeSlot(uint64_t key) {
  size_t i = Mix(key) & mask_;
  while (slots_[i].key != 0) i = (i + 1) & mask_;
  return &slots_[i];
}

void WordMap::Grow() {
  const AlignedBuffer old_memory = std::move(memory_);
  const absl::Span<const Slot> old = slots();
  Allocate(2 * old.size());
  for (const Slot& slot : old) {
    if (slot.key != 0) *FreeSlot(slot.key) = slot;
  }
}

const char* WordMap::Store(absl::string_view word) {
  if (word.size() > block_left_) {
    block_left_ = std::max(kBlockBytes, word.size());
    blocks_.push_back(std::make_unique<char[]>(block_left_));
    text_bytes_ += block_left_;
  }
  // The last block is the one in use; it is filled from its end.
  block_left_ -= word.size();
  char* text = blocks_.back().get() + block_left_;
  std::memcpy(text, word.data(), word.size());
  return text;
}

}  // namespace embed
