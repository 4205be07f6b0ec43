// The relations of HIN2Vec: paths of 1 to `window` step types, with dense ids.
//
// A path is found step by step, as a state of a trie; the states that are
// relations are numbered first, so that such a state is the relation's id. Ids
// are exact: two paths never share one, and there may be any number of them.
//
// Immutable: any number of threads may read.
#ifndef EMBED_TRAIN_RELATION_INDEX_H_
#define EMBED_TRAIN_RELATION_INDEX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/base/hash_table.h"
#include "embed/train/relation_walk.h"

namespace embed {

class RelationIndex {
 public:
  static constexpr uint32_t kRoot = 0xFFFFFFFF;     // the empty path
  static constexpr uint32_t kUnknown = 0xFFFFFFFE;  // no prefix of a relation

  RelationIndex() = default;

  uint32_t size() const { return static_cast<uint32_t>(counts_.size()); }
  // How many triples were counted for each; falling. Of relations with the same
  // count the one with fewer steps comes first, then that of lower types.
  absl::Span<const uint64_t> counts() const { return counts_; }
  // The types of the relation's steps.
  std::vector<uint16_t> Path(uint32_t relation) const;
  // Their names joined by '>': "written_by>published_in". A '>' or a backslash
  // within a name has a backslash before it, so that no two keys are the same.
  std::string Key(uint32_t relation,
                  absl::Span<const std::string> type_names) const;

  // The state of a path with one more step; it is a relation if below size().
  uint32_t Extend(uint32_t state, uint16_t type) const {
    const auto found = next_.find(Edge(state, type));
    return found == next_.end() ? kUnknown : found->second;
  }

 private:
  friend class RelationCounter;

  static uint64_t Edge(uint32_t state, uint16_t type) {
    return uint64_t{state} << 16 | type;
  }

  std::vector<uint64_t> counts_;   // of each relation
  std::vector<uint32_t> parents_;  // of each state
  std::vector<uint16_t> types_;    // the last step of each state
  HashMap<uint64_t, uint32_t> next_;
};

// Counts the relations and the visits of nodes in typed walks.
class RelationCounter {
 public:
  // max_relations: more than these are an error, so that a network with too
  // many of them is noticed before it fills the memory.
  RelationCounter(const RelationWindow& window, uint32_t max_relations)
      : window_(window),
        max_relations_(max_relations),
        visits_(window.num_nodes) {}

  // A walk of one node counts nothing, as it trains nothing.
  // ResourceExhausted: too many relations, also by Join().
  absl::Status Add(absl::Span<const uint32_t> walk);
  absl::Status Join(const RelationCounter& other);

  absl::Span<const uint64_t> visits() const { return visits_; }

  // What was counted, the same whatever the order of Add() and Join().
  RelationIndex Finish() const;

  // Bytes that a relation takes while it is counted, about.
  static constexpr uint64_t kBytesPerRelation = 64;

 private:
  struct State {
    uint32_t parent;  // a state made before, or RelationIndex::kRoot
    uint16_t type;
    uint64_t count;
  };

  uint32_t Extend(uint32_t state, uint16_t type);
  absl::Status CheckNumber() const;
  std::vector<uint16_t> PathOf(uint32_t state) const;

  RelationWindow window_;
  uint64_t max_relations_;
  std::vector<uint64_t> visits_;
  std::vector<State> states_;
  HashMap<uint64_t, uint32_t> next_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_RELATION_INDEX_H_
