// Numbers strings by first appearance: 0, 1, 2, ...
//
// Made for the nodes of large graphs, where looking up keys is most of the work
// and most lookups miss the cache. Keys of up to 8 bytes are compared within
// the slot, without following a pointer; longer ones lie behind one another in
// an arena. Numbers without leading zeros, what nodes are called most often,
// are places in an array, which grows with how many there are: no hash, and a
// quarter of the memory. Keys come in batches, whose places are prefetched
// together.
#ifndef EMBED_GRAPH_KEY_INTERNER_H_
#define EMBED_GRAPH_KEY_INTERNER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/base/aligned_buffer.h"

namespace embed {

// Not thread-safe.
class KeyInterner {
 public:
  static constexpr size_t kMaxBatch = 128;

  // numbers: a guess of how many numbers there will be as keys; the array of
  // them starts with room for those below.
  explicit KeyInterner(uint64_t numbers = uint64_t{1} << 14);

  // Sets ids[i] to the id of keys[i], adding keys not met before. At most
  // kMaxBatch keys, each of up to 65,536 bytes. Empty ones have no id and are
  // passed over. Stops at the first key that is new
  // and has a KeyProblem(), and returns its index; keys.size() if none has.
  size_t Intern(absl::Span<const absl::string_view> keys, uint32_t* ids);

  bool Contains(absl::string_view key) {
    const Probe probe = Prepare(key);
    if (probe.number < numbers_size_) return numbers_[probe.number] != 0;
    return !key.empty() && Find(key, probe)->length != 0;
  }

  uint32_t size() const { return static_cast<uint32_t>(offsets_.size() - 1); }
  absl::string_view key(uint32_t id) const {
    return absl::string_view(text_).substr(offsets_[id],
                                           offsets_[id + 1] - offsets_[id]);
  }
  // Gives the memory back that finds keys: afterwards only size(), key() and
  // text_bytes() may be called.
  void EndLookup();

  // Bytes of all keys.
  uint64_t text_bytes() const { return text_.size(); }

 private:
  struct Slot {
    uint64_t word;  // the key's bytes if there are at most 8, else its hash
    uint32_t id;
    uint32_t length;  // of the key; 0: empty slot
  };
  struct Probe {
    uint64_t word;
    uint64_t place;   // where probing starts
    uint64_t number;  // the key as a number; kNoNumber: it is none
  };
  static constexpr uint64_t kNoNumber = ~uint64_t{0};

  Probe Prepare(absl::string_view key) const;
  // The slot of the key, or the empty one where it belongs.
  Slot* Find(absl::string_view key, const Probe& probe);
  // The id of the key; size() if it is new and has a problem.
  uint32_t Add(absl::string_view key, const Probe& probe);
  // Gives a key that is new the next id, unless it has a problem.
  bool Append(absl::string_view key);
  void Grow();
  void GrowNumbers(uint64_t size);

  std::vector<Slot> slots_;
  uint64_t used_ = 0;  // of the slots
  int shift_;          // places are the upper 64 - shift_ bits of a mixed word
  // numbers_[n] is one above the id of the key that reads n, or 0. (Keys met
  // before the array was as long as now keep a slot, too.) Pages of it that no
  // number falls into take no memory.
  uint32_t* numbers_ = nullptr;
  AlignedBuffer numbers_memory_;
  uint64_t numbers_size_ = 0;
  uint64_t numbers_met_ = 0;  // different keys that are numbers
  std::string text_;
  std::vector<uint64_t> offsets_ = {0};
};

// What makes `key` unfit to name a node: a control character, bytes that are
// not UTF-8. Empty if nothing.
std::string KeyProblem(absl::string_view key);

}  // namespace embed

#endif  // EMBED_GRAPH_KEY_INTERNER_H_
