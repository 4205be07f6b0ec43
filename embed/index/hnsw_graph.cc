#include "embed/index/hnsw_graph.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/index/hnsw_scratch.h"

namespace embed {
namespace {

constexpr int kMaxM = 256;
constexpr int kMaxEfConstruction = 65536;
// More than any level of a graph that was built; a bound for damaged files.
constexpr uint32_t kMaxUpperLevels = 63;

}  // namespace

absl::Status HnswOptions::Validate() const {
  if (m < 2 || m > kMaxM) {
    return absl::InvalidArgumentError(
        absl::StrCat("m is ", m, ", expected 2 to ", kMaxM));
  }
  if (ef_construction < 1 || ef_construction > kMaxEfConstruction) {
    return absl::InvalidArgumentError(
        absl::StrCat("ef_construction is ", ef_construction, ", expected 1 to ",
                     kMaxEfConstruction));
  }
  return absl::OkStatus();
}

HnswGraph::HnswGraph(const Parts& parts, std::shared_ptr<const void> owner)
    : parts_(parts),
      owner_(std::move(owner)),
      scratch_(std::make_shared<HnswScratchPool>(parts.rows)) {}

absl::StatusOr<HnswGraph> HnswGraph::FromParts(
    const Parts& parts, std::shared_ptr<const void> owner) {
  if (parts.m < 2 || parts.m > kMaxM ||
      parts.links.size() != parts.rows * 2 * parts.m ||
      parts.upper_lists.size() != parts.rows + 1 ||
      parts.upper_links.size() % parts.m != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("the parts of a graph do not fit ", parts.rows,
                     " rows and m = ", parts.m));
  }
  if (parts.entry_point >= parts.rows) {
    return absl::InvalidArgumentError(
        absl::StrCat("the entry point of a graph is row ", parts.entry_point,
                     " of ", parts.rows));
  }
  if (parts.ef_search < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "ef_search of a graph is ", parts.ef_search, ", expected at least 1"));
  }
  return HnswGraph(parts, std::move(owner));
}

absl::Status HnswGraph::Check() const {
  uint32_t last = 0;
  for (uint64_t row = 0; row <= parts_.rows; ++row) {
    const uint32_t list = parts_.upper_lists[row];
    if (list < last || list > parts_.lists() ||
        (row > 0 && list - last > kMaxUpperLevels)) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", row, " starts at list ", list, " of ",
                       parts_.lists(), ", the row before at ", last));
    }
    last = list;
  }
  for (const auto links : {parts_.links, parts_.upper_links}) {
    for (const uint32_t link : links) {
      if (link >= parts_.rows && link != kNoRow) {
        return absl::InvalidArgumentError(
            absl::StrCat("a link leads to row ", link, " of ", parts_.rows));
      }
    }
  }
  return absl::OkStatus();
}

uint32_t HnswGraph::UpperLevels(uint32_t row) const {
  const uint32_t begin = parts_.upper_lists[row];
  const uint32_t end = parts_.upper_lists[row + 1];
  if (begin > end || end > parts_.lists()) return 0;
  return std::min(end - begin, kMaxUpperLevels);
}

absl::Span<const uint32_t> HnswGraph::UpperLinks(uint32_t row,
                                                 uint32_t level) const {
  if (level > UpperLevels(row)) return {};
  const uint64_t list = parts_.upper_lists[row] + level - uint64_t{1};
  return parts_.upper_links.subspan(list * parts_.m, parts_.m);
}

}  // namespace embed
