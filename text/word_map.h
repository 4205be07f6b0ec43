// A hash table from words to 32-bit values, made for looking up every token of
// a corpus: one cache line a look-up for nearly all words.
//
// A word of up to 7 bytes is its own key: its bytes and its length packed into
// 64 bits, compared exactly without touching its text. A longer word has a
// 56-bit hash as key and is compared with its stored text. 16 bytes a slot, at
// most half of the slots used; no order that a caller sees depends on it. Large
// tables lie in huge pages, as nearly every look-up of a rare word is in a page
// of its own.
#ifndef EMBED_TEXT_WORD_MAP_H_
#define EMBED_TEXT_WORD_MAP_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/base/aligned_buffer.h"
#include "embed/base/hash.h"
#include "text/tokenizer.h"

namespace embed {

// The key of a word (not empty) of which `readable` bytes from its start may be
// read, at least its size: 8 or more save time. Never 0.
inline uint64_t PackWord(absl::string_view word, size_t readable) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
                "packed words hold their text in little-endian order");
  constexpr int kLengthShift = 56;
  constexpr uint64_t kLong = uint64_t{0xFF} << kLengthShift;
  const size_t size = word.size();
  uint64_t bytes = 0;
  if (size <= 7) {
    std::memcpy(&bytes, word.data(), readable >= 8 ? 8 : size);
    bytes &= ~uint64_t{0} >> (64 - 8 * size);
    return bytes | static_cast<uint64_t>(size) << kLengthShift;
  }
  if (size > 16) return Hash64(word) >> 8 | kLong;
  uint64_t tail;
  std::memcpy(&bytes, word.data(), 8);
  std::memcpy(&tail, word.data() + size - 8, 8);
  uint64_t hash = (bytes ^ size) * 0x9FB21C651E98DF25;
  hash = (hash ^ hash >> 32 ^ tail) * 0xC2B2AE3D27D4EB4F;
  return (hash ^ hash >> 32) >> 8 | kLong;
}
inline uint64_t PackWord(absl::string_view word) {
  return PackWord(word, word.size());
}

// Any number of threads may read at once; writing needs a thread alone.
class WordMap {
 public:
  struct Slot {
    uint64_t key = 0;         // PackWord(); 0: free
    uint32_t value = 0;       // the caller's
    uint32_t long_index = 0;  // of the text of a word beyond 7 bytes
  };

  // Room for `expected` words before it has to grow.
  explicit WordMap(size_t expected = 0);

  size_t size() const { return size_; }
  // Of memory, about.
  uint64_t bytes() const {
    return (mask_ + 1) * sizeof(Slot) + longs_.capacity() * sizeof(Long) +
           text_bytes_;
  }

  // The slot of `word`, whose key is `key`; nullptr if it is not in the map.
  const Slot* Find(absl::string_view word, uint64_t key) const {
    for (size_t i = Mix(key) & mask_;; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.key == key && (IsShort(key) || LongText(slot) == word)) {
        return &slot;
      }
      if (slot.key == 0) return nullptr;
    }
  }
  // The same, with value 0 if it was not in the map. The pointer is good until
  // the next insertion.
  Slot* FindOrInsert(absl::string_view word, uint64_t key) {
    const Slot* found = Find(word, key);
    return found != nullptr ? const_cast<Slot*>(found) : Insert(word, key);
  }

  // Asks the memory for the place where `key` will be looked up.
  void Prefetch(uint64_t key) const {
    __builtin_prefetch(&slots_[Mix(key) & mask_]);
  }

  // All slots, the free ones (key 0) too.
  absl::Span<const Slot> slots() const { return {slots_, mask_ + 1}; }
  // The text of a used slot; good as long as both the slot and the map are.
  absl::string_view Text(const Slot& slot) const {
    return IsShort(slot.key)
               ? absl::string_view(reinterpret_cast<const char*>(&slot.key),
                                   slot.key >> 56)
               : LongText(slot);
  }
  // A well-mixed hash of a key (its low bits place the word).
  static uint64_t Mix(uint64_t key) {
    key ^= key >> 32;
    key *= 0x9E3779B97F4A7C15;
    return key ^ key >> 32;
  }

 private:
  struct Long {
    const char* text = nullptr;
    uint32_t size = 0;
  };

  static bool IsShort(uint64_t key) { return key >> 56 != 0xFF; }
  absl::string_view LongText(const Slot& slot) const {
    const Long& text = longs_[slot.long_index];
    return absl::string_view(text.text, text.size);
  }
  Slot* Insert(absl::string_view word, uint64_t key);
  Slot* FreeSlot(uint64_t key);
  void Grow();
  const char* Store(absl::string_view word);

  // Makes room for `capacity` slots, a power of 2, all free.
  void Allocate(size_t capacity);

  AlignedBuffer memory_;   // of the slots
  Slot* slots_ = nullptr;  // [mask_ + 1]
  size_t mask_ = 0;        // a power of 2, less 1
  size_t size_ = 0;
  std::vector<Long> longs_;
  std::vector<std::unique_ptr<char[]>> blocks_;  // texts of long words
  size_t block_left_ = 0;
  uint64_t text_bytes_ = 0;  // of the blocks
};

// Some tokens with their keys, fetched ahead so that the cache misses of their
// look-ups overlap.
struct WordBlock {
  static constexpr int kMaxWords = 32;

  // Takes the next words of `tokens`; false at the end of the text. An empty
  // word stands for the end of a line.
  bool Fill(Tokenizer* tokens, const WordMap& map) {
    for (size = 0; size < kMaxWords; ++size) {
      const Tokenizer::Event event = tokens->Next(&words[size]);
      if (event == Tokenizer::kEnd) break;
      keys[size] = 0;
      if (event != Tokenizer::kToken) continue;
      keys[size] = PackWord(words[size], tokens->BytesFrom(words[size].data()));
      map.Prefetch(keys[size]);
    }
    return size > 0;
  }

  int size = 0;
  absl::string_view words[kMaxWords];
  uint64_t keys[kMaxWords] = {};
};

}  // namespace embed

#endif  // EMBED_TEXT_WORD_MAP_H_
