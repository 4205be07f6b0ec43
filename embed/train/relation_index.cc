#include "embed/train/relation_index.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace embed {

std::vector<uint16_t> RelationIndex::Path(uint32_t relation) const {
  std::vector<uint16_t> path;
  for (uint32_t state = relation; state != kRoot; state = parents_[state]) {
    path.push_back(types_[state]);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::string RelationIndex::Key(uint32_t relation,
                               absl::Span<const std::string> type_names) const {
  std::string key;
  for (const uint16_t type : Path(relation)) {
    if (!key.empty()) key.push_back('>');
    for (const char c : type_names[type]) {
      if (c == '>' || c == '\\') key.push_back('\\');
      key.push_back(c);
    }
  }
  return key;
}

absl::Status RelationCounter::Add(absl::Span<const uint32_t> walk) {
  if (walk.size() == 1) return absl::OkStatus();  // nothing to learn from
  for (size_t i = 0; i < walk.size(); i += 2) ++visits_[walk[i]];
  ForEachTriple(
      window_, walk, RelationIndex::kRoot,
      [this](uint32_t state, uint16_t type) { return Extend(state, type); },
      [this](uint32_t, uint32_t, uint32_t state) { ++states_[state].count; });
  return CheckNumber();
}

absl::Status RelationCounter::Join(const RelationCounter& other) {
  for (size_t node = 0; node < visits_.size(); ++node) {
    visits_[node] += other.visits_[node];
  }
  std::vector<uint32_t> here;
  here.reserve(other.states_.size());
  for (const State& state : other.states_) {
    const bool first = state.parent == RelationIndex::kRoot;
    here.push_back(
        Extend(first ? state.parent : here[state.parent], state.type));
    states_[here.back()].count += state.count;
  }
  return CheckNumber();
}

uint32_t RelationCounter::Extend(uint32_t state, uint16_t type) {
  const auto number = static_cast<uint32_t>(states_.size());
  const auto [place, added] =
      next_.try_emplace(RelationIndex::Edge(state, type), number);
  if (added) states_.push_back({state, type, 0});
  return place->second;
}

absl::Status RelationCounter::CheckNumber() const {
  if (states_.size() <= max_relations_) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "more than ", max_relations_, " different relations of 1 to ",
      window_.window,
      " steps: their vectors would not fit in memory; take a smaller window "
      "or dim"));
}

std::vector<uint16_t> RelationCounter::PathOf(uint32_t state) const {
  std::vector<uint16_t> path;
  for (; state != RelationIndex::kRoot; state = states_[state].parent) {
    path.push_back(states_[state].type);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

RelationIndex RelationCounter::Finish() const {
  const auto size = static_cast<uint32_t>(states_.size());
  std::vector<std::vector<uint16_t>> paths;
  for (uint32_t s = 0; s < size; ++s) paths.push_back(PathOf(s));
  std::vector<uint32_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    if (states_[a].count != states_[b].count) {
      return states_[a].count > states_[b].count;
    }
    if (paths[a].size() != paths[b].size()) {
      return paths[a].size() < paths[b].size();
    }
    return paths[a] < paths[b];
  });
  std::vector<uint32_t> places(size);
  for (uint32_t i = 0; i < size; ++i) places[order[i]] = i;
  RelationIndex index;
  for (const uint32_t s : order) {
    const State& state = states_[s];
    const uint32_t parent = state.parent == RelationIndex::kRoot
                                ? state.parent
                                : places[state.parent];
    if (state.count > 0) index.counts_.push_back(state.count);
    index.parents_.push_back(parent);
    index.types_.push_back(state.type);
    index.next_.emplace(RelationIndex::Edge(parent, state.type), places[s]);
  }
  return index;
}

}  // namespace embed
