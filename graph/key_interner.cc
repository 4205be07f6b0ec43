#include "graph/key_interner.h"

#include <array>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "embed/base/check.h"
#include "embed/base/hash.h"
#include "embed/base/utf8.h"
#include "embed/model/vocabulary.h"

namespace embed {
namespace {

constexpr int kFirstBits = 10;  // of slots
constexpr size_t kInlineBytes = 8;

// The bytes of a key of 1 to 8 bytes, padded with zeros. Keys hold no zero
// bytes, and slots hold lengths beside, so that two keys never look alike.
uint64_t PackShort(absl::string_view key) {
  const size_t size = key.size();
  if (size >= 4) {
    // Two loads that overlap where the key is shorter than 8: equal bits.
    uint32_t low;
    uint32_t high;
    std::memcpy(&low, key.data(), 4);
    std::memcpy(&high, key.data() + size - 4, 4);
    return low | uint64_t{high} << (8 * (size - 4));
  }
  uint64_t word = static_cast<unsigned char>(key[0]);
  const size_t middle = size / 2;
  word |= uint64_t{static_cast<unsigned char>(key[middle])} << (8 * middle);
  word |= uint64_t{static_cast<unsigned char>(key[size - 1])}
          << (8 * (size - 1));
  return word;
}

// The upper bits of the product depend on all bits of the word (Knuth's
// multiplicative hashing, by 2^64 divided by the golden ratio).
uint64_t Place(uint64_t word, int shift) {
  word ^= word >> 32;
  return (word * 0x9E3779B97F4A7C15) >> shift;
}

}  // namespace

std::string KeyProblem(absl::string_view key) {
  for (size_t i = 0; i < key.size();) {
    const unsigned char byte = static_cast<unsigned char>(key[i]);
    if (byte < 0x20 || byte == 0x7F) {
      return absl::StrFormat("the control character 0x%02X in a key", byte);
    }
    const Utf8Sequence sequence = DecodeUtf8(key.substr(i));
    if (!sequence.valid) {
      return absl::StrFormat("a key that is not UTF-8 (byte 0x%02X)", byte);
    }
    i += sequence.bytes;
  }
  return "";
}

KeyInterner::KeyInterner()
    : slots_(size_t{1} << kFirstBits), shift_(64 - kFirstBits) {}

KeyInterner::Probe KeyInterner::Prepare(absl::string_view key) const {
  const uint64_t word =
      key.size() <= kInlineBytes ? PackShort(key) : Hash64(key);
  const uint64_t place = Place(word, shift_);
  __builtin_prefetch(&slots_[place]);
  return {word, place};
}

KeyInterner::Slot* KeyInterner::Find(absl::string_view wanted,
                                     const Probe& probe) {
  const uint64_t mask = slots_.size() - 1;
  for (uint64_t place = probe.place;; place = (place + 1) & mask) {
    Slot& slot = slots_[place];
    if (slot.length == 0) return &slot;
    if (slot.word == probe.word && slot.length == wanted.size() &&
        (wanted.size() <= kInlineBytes || key(slot.id) == wanted)) {
      return &slot;
    }
  }
}

size_t KeyInterner::Intern(absl::Span<const absl::string_view> keys,
                           uint32_t* ids) {
  EMBED_DCHECK(keys.size() <= kMaxBatch);
  // At most three quarters full, so that probing stays short.
  while ((size() + keys.size()) * 4 > slots_.size() * 3) Grow();
  std::array<Probe, kMaxBatch> probes;
  for (size_t i = 0; i < keys.size(); ++i) probes[i] = Prepare(keys[i]);
  for (size_t i = 0; i < keys.size(); ++i) {
    Slot* slot = Find(keys[i], probes[i]);
    if (slot->length == 0) {
      if (!KeyProblem(keys[i]).empty()) return i;
      *slot = {probes[i].word, size(), static_cast<uint32_t>(keys[i].size())};
      text_.append(keys[i].data(), keys[i].size());
      offsets_.push_back(text_.size());
    }
    ids[i] = slot->id;
  }
  return keys.size();
}

void KeyInterner::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  --shift_;
  const uint64_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.length == 0) continue;
    uint64_t place = Place(slot.word, shift_);
    while (slots_[place].length != 0) place = (place + 1) & mask;
    slots_[place] = slot;
  }
}

}  // namespace embed
