// Gives keys dense ids in the order of their first appearance, fast.
//
// Open addressing with linear probing over 16-byte slots. A key of up to 8
// bytes, as most node names are, lies in its slot, so that finding it touches
// one cache line; a longer one has its XXH3 hash there and its text in an
// arena. Keys come in batches, whose slots are prefetched together.
#ifndef EMBED_GRAPH_KEY_INTERNER_H_
#define EMBED_GRAPH_KEY_INTERNER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace embed {

// Not thread-safe.
class KeyInterner {
 public:
  static constexpr size_t kMaxBatch = 128;

  KeyInterner();

  // Sets ids[i] to the id of keys[i], adding keys not met before. At most
  // kMaxBatch keys, each 1 to 65,536 bytes. Stops at the first key that is new
  // and has a KeyProblem(), and returns its index; keys.size() if none has.
  size_t Intern(absl::Span<const absl::string_view> keys, uint32_t* ids);

  uint32_t size() const { return static_cast<uint32_t>(offsets_.size() - 1); }
  absl::string_view key(uint32_t id) const {
    return absl::string_view(text_).substr(offsets_[id],
                                           offsets_[id + 1] - offsets_[id]);
  }
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
    uint64_t place;  // where probing starts
  };

  Probe Prepare(absl::string_view key) const;
  // The slot of the key, or the empty one where it belongs.
  Slot* Find(absl::string_view key, const Probe& probe);
  void Grow();

  std::vector<Slot> slots_;
  int shift_;  // places are the upper 64 - shift_ bits of a mixed word
  std::string text_;
  std::vector<uint64_t> offsets_ = {0};
};

// What makes `key` unfit to name a node: a control character, bytes that are
// not UTF-8. Empty if nothing.
std::string KeyProblem(absl::string_view key);

}  // namespace embed

#endif  // EMBED_GRAPH_KEY_INTERNER_H_
