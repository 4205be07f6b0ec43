// Keys <-> dense ids, with a count per key.
//
// A key is any UTF-8 text of 1 to 65,536 bytes, blanks allowed: a word, a node,
// an item. Ids are 0 .. size - 1 in the order given at creation; builders give
// falling counts (text) or falling degrees (graphs), so that rows used most lie
// together and a prefix of the ids is the most frequent part.
//
// Keys may have types, as the nodes of a typed graph.
//
// Immutable after Create(): any number of threads may read.
#ifndef EMBED_MODEL_VOCABULARY_H_
#define EMBED_MODEL_VOCABULARY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace embed {

class Vocabulary {
 public:
  static constexpr uint32_t kNotFound = 0xFFFFFFFF;
  static constexpr uint64_t kMaxKeyBytes = 65536;
  static constexpr uint64_t kMaxSize = uint64_t{1} << 31;

  Vocabulary() = default;

  // keys[i] and counts[i] belong to id i. InvalidArgument (naming the key):
  // lengths differ, a key is empty, too long or given twice, too many keys.
  static absl::StatusOr<Vocabulary> Create(const std::vector<std::string>& keys,
                                           std::vector<uint64_t> counts);

  // The same from keys lying behind one another: key i is
  // text[offsets[i] .. offsets[i + 1]). offsets has size + 1 rising entries,
  // the first 0 and the last text.size().
  static absl::StatusOr<Vocabulary> Create(std::string text,
                                           std::vector<uint64_t> offsets,
                                           std::vector<uint64_t> counts);

  uint32_t size() const { return static_cast<uint32_t>(counts_.size()); }
  absl::string_view key(uint32_t id) const {
    return absl::string_view(text_).substr(offsets_[id],
                                           offsets_[id + 1] - offsets_[id]);
  }
  uint64_t count(uint32_t id) const { return counts_[id]; }
  absl::Span<const uint64_t> counts() const { return counts_; }
  // Sum of all counts.
  uint64_t total_count() const { return total_count_; }

  // The id of `key`, or kNotFound.
  uint32_t Find(absl::string_view key) const;

  // Raw storage, for writers: see the second Create().
  absl::string_view text() const { return text_; }
  absl::Span<const uint64_t> offsets() const { return offsets_; }

  // Key i has the type type_names()[types()[i]]; both are empty without types.
  const std::vector<std::string>& type_names() const { return type_names_; }
  absl::Span<const uint16_t> types() const { return types_; }
  // Gives each key a type. InvalidArgument: not size() types, one without a
  // name, a name that is empty or given twice, more than 65,535 names.
  absl::Status SetTypes(std::vector<std::string> names,
                        std::vector<uint16_t> types);

  // Replaces the counts (size() of them), as when a graph's visits are known.
  void set_counts(std::vector<uint64_t> counts);

 private:
  absl::Status BuildLookup();

  std::string text_;
  std::vector<uint64_t> offsets_ = {0};
  std::vector<uint64_t> counts_;
  uint64_t total_count_ = 0;
  std::vector<std::string> type_names_;
  std::vector<uint16_t> types_;
  // Open addressing with linear probing, at most half full. A slot is the
  // upper half of the key's hash and, below it, the id; empty = all ones.
  std::vector<uint64_t> slots_;
};

}  // namespace embed

#endif  // EMBED_MODEL_VOCABULARY_H_
