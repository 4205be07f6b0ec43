#include "graph/key_interner.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "embed/base/check.h"
#include "embed/base/hash.h"
#include "embed/base/utf8.h"
#include "embed/model/vocabulary.h"
#include "graph/large_vector.h"

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

// The value of a key of 1 to 8 bytes, as PackShort() packs it, that is a
// decimal number without leading zeros; `otherwise` for any other key.
uint64_t ReadNumber(uint64_t word, size_t size, uint64_t otherwise) {
  constexpr uint64_t kZeros = 0x3030303030303030;  // "00000000"
  constexpr uint64_t kUpper = 0xF0F0F0F0F0F0F0F0;
  if ((word & 0xFF) == '0' && size > 1) return otherwise;
  // Eight digits, zeros before the key's own.
  word = word << (8 * (kInlineBytes - size)) |
         (size < kInlineBytes ? kZeros >> (8 * size) : 0);
  // Digits are 0x30 to 0x39: 6 more leave the upper half alone.
  if ((word & kUpper) != kZeros ||
      ((word + 0x0606060606060606) & kUpper) != kZeros) {
    return otherwise;
  }
  // Digits to pairs, to fours, to all: the first digit is the lowest byte.
  word = (word & 0x0F0F0F0F0F0F0F0F) * (1 + (10 << 8)) >> 8;
  word = (word & 0x00FF00FF00FF00FF) * (1 + (100 << 16)) >> 16;
  return (word & 0x0000FFFF0000FFFF) * (1 + (uint64_t{10000} << 32)) >> 32;
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

KeyInterner::KeyInterner(uint64_t numbers)
    : slots_(size_t{1} << kFirstBits), shift_(64 - kFirstBits) {
  GrowNumbers(numbers);
}

KeyInterner::Probe KeyInterner::Prepare(absl::string_view key) const {
  Probe probe = {0, 0, kNoNumber};
  if (key.empty()) return probe;
  if (key.size() <= kInlineBytes) {
    probe.word = PackShort(key);
    probe.number = ReadNumber(probe.word, key.size(), kNoNumber);
    if (probe.number < numbers_size_) {
      __builtin_prefetch(&numbers_[probe.number]);
      return probe;
    }
  } else {
    probe.word = Hash64(key);
  }
  probe.place = Place(probe.word, shift_);
  __builtin_prefetch(&slots_[probe.place]);
  return probe;
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

bool KeyInterner::Append(absl::string_view key) {
  if (!KeyProblem(key).empty()) return false;
  text_.append(key.data(), key.size());
  offsets_.push_back(text_.size());
  return true;
}

uint32_t KeyInterner::Add(absl::string_view key, const Probe& probe) {
  const uint32_t next = size();
  if (probe.number < numbers_size_) {
    uint32_t& place = numbers_[probe.number];
    if (place != 0) return place - 1;
    Append(key);  // digits have no problem
    ++numbers_met_;
    place = next + 1;
    return next;
  }
  Slot* slot = Find(key, probe);
  if (slot->length != 0) return slot->id;
  if (!Append(key)) return size();
  if (probe.number != kNoNumber) ++numbers_met_;
  ++used_;
  *slot = {probe.word, next, static_cast<uint32_t>(key.size())};
  return next;
}

size_t KeyInterner::Intern(absl::Span<const absl::string_view> keys,
                           uint32_t* ids) {
  EMBED_DCHECK(keys.size() <= kMaxBatch);
  // At most three quarters full, so that probing stays short.
  while ((used_ + keys.size()) * 4 > slots_.size() * 3) Grow();
  // Numbers at random below twice as many as there are would use half of it.
  while (numbers_met_ * 2 > numbers_size_) GrowNumbers(numbers_size_ * 4);
  std::array<Probe, kMaxBatch> probes;
  for (size_t i = 0; i < keys.size(); ++i) probes[i] = Prepare(keys[i]);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].empty()) continue;
    ids[i] = Add(keys[i], probes[i]);
    if (ids[i] == size()) return i;
  }
  return keys.size();
}

void KeyInterner::EndLookup() {
  slots_ = std::vector<Slot>();
  numbers_memory_ = AlignedBuffer();
  numbers_ = nullptr;
  numbers_size_ = 0;
}

void KeyInterner::Grow() {
  std::vector<Slot> old = LargeVector<Slot>(slots_.size() * 2);
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

void KeyInterner::GrowNumbers(uint64_t size) {
  auto memory = AlignedBuffer::Create(size * sizeof(uint32_t));
  if (!memory.ok()) throw std::bad_alloc();
  auto* const numbers = static_cast<uint32_t*>(memory->data());
  std::copy_n(numbers_, numbers_size_, numbers);
  for (uint32_t id = 0; id < this->size(); ++id) {
    const absl::string_view text = key(id);
    if (text.size() > kInlineBytes) continue;
    const uint64_t number = ReadNumber(PackShort(text), text.size(), kNoNumber);
    if (number < size) numbers[number] = id + 1;
  }
  numbers_ = numbers;
  numbers_memory_ = *std::move(memory);
  numbers_size_ = size;
}

}  // namespace embed
