// Keys of an index: id -> key at once, key -> id by binary search over the ids
// in the order of their keys' bytes. It works in place on a mapped file, so
// nothing is built when one is opened. 8 bytes a key besides its text.
//
// Immutable: any number of threads may read.
#ifndef EMBED_INDEX_KEY_TABLE_H_
#define EMBED_INDEX_KEY_TABLE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/model/vocabulary.h"

namespace embed {

class KeyTable {
 public:
  // Keys whose offsets count from one base: with at most 65,536 bytes a key, an
  // offset fits 32 bits.
  static constexpr uint64_t kKeysPerBase = 65536;

  // What a table consists of, as in memory and in files. Key i starts at
  // bases[i / kKeysPerBase] + offsets[i] of text and ends where key i + 1
  // starts; the last one ends with the text.
  struct Parts {
    absl::string_view text;
    absl::Span<const uint64_t> bases;    // [ceil(keys / kKeysPerBase)]
    absl::Span<const uint32_t> offsets;  // [keys]
    absl::Span<const uint32_t> order;    // [keys] ids by rising keys
  };
  static constexpr uint64_t NumBases(uint64_t keys) {
    return (keys + kKeysPerBase - 1) / kKeysPerBase;
  }

  // Copies the keys.
  static KeyTable Build(const Vocabulary& vocabulary);

  // A table over memory that `owner` keeps alive; parts of fitting sizes. With
  // damaged values every call stays inside the text but answers nonsense: see
  // Check().
  KeyTable(const Parts& parts, std::shared_ptr<const void> owner)
      : parts_(parts), owner_(std::move(owner)) {}

  // InvalidArgument (naming the first wrong id): a key is empty, longer than
  // Vocabulary::kMaxKeyBytes or outside the text, or `order` is not all ids by
  // strictly rising keys. O(keys) reads.
  absl::Status Check() const;

  uint64_t size() const { return parts_.offsets.size(); }
  absl::string_view key(uint64_t id) const;
  std::optional<uint32_t> Find(absl::string_view key) const;
  // The ids of the keys that start with `prefix`, by rising keys. O(log size).
  absl::Span<const uint32_t> WithPrefix(absl::string_view prefix) const;
  const Parts& parts() const { return parts_; }

 private:
  uint64_t Start(uint64_t id) const;

  Parts parts_;
  std::shared_ptr<const void> owner_;
};

}  // namespace embed

#endif  // EMBED_INDEX_KEY_TABLE_H_
