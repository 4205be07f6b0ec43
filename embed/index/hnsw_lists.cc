#include "embed/index/hnsw_lists.h"

#include <sys/mman.h>

#include <algorithm>
#include <limits>

#include "embed/base/status_macros.h"

namespace embed {
namespace {

// A row is not linked to one that is nearer to a linked row by more than this
// factor of squared distances: alpha of Subramanya and others (2019), "DiskANN:
// Fast Accurate Billion-point Nearest Neighbor Search on a Single Node"; 1 in
// the paper of HNSW. Then the nearest that were passed over fill its list up to
// 3/4 m links, as the paper's keepPrunedConnections does up to m. With 1 alone
// 100,000 rows of dim 128 had 6.4 links each and recall@10 0.95 and 0.98 took
// 710 and 1394 scored rows a query; with both 611 and 1084, and with the order
// of hnsw_build.cc 477 and 904 (rows of benchmarks/search.sh, m 16,
// ef_construction 100; before lists are shortened).
constexpr float kApart = 1.1f;

}  // namespace

absl::Status HnswLists::Make(const std::vector<uint32_t>& levels) {
  const uint64_t count = 2 * m_ * levels.size();
  EMBED_ASSIGN_OR_RETURN(level_0_,
                         AlignedBuffer::Create(count * sizeof(uint32_t)));
  std::fill_n(links(), count, HnswGraph::kNoRow);
  uint32_t lists = 0;
  upper_lists_.reserve(levels.size() + 1);
  for (const uint32_t level : levels) {
    upper_lists_.push_back(lists);
    lists += level;
  }
  upper_lists_.push_back(lists);
  upper_links_.assign(m_ * lists, HnswGraph::kNoRow);
  return absl::OkStatus();
}

HnswGraph::Parts HnswLists::parts() const {
  HnswGraph::Parts parts;
  parts.rows = table_.rows();
  parts.m = static_cast<int>(m_);
  parts.links = {static_cast<const uint32_t*>(level_0_.data()),
                 level_0_.size() / sizeof(uint32_t)};
  parts.upper_lists = upper_lists_;
  parts.upper_links = upper_links_;
  return parts;
}

absl::Span<uint32_t> HnswLists::List(uint32_t row, uint32_t level) {
  if (level == 0) return {links() + 2 * m_ * row, 2 * m_};
  const size_t list = upper_lists_[row] + level - size_t{1};
  return absl::MakeSpan(upper_links_).subspan(list * m_, m_);
}

std::vector<uint32_t> HnswLists::CountLeading() const {
  std::vector<uint32_t> leading(rows());
  for (const uint32_t link : parts().links) {
    if (link != HnswGraph::kNoRow) ++leading[link];
  }
  return leading;
}

std::vector<HnswLists::Neighbour> HnswLists::Near(
    uint32_t target, absl::Span<const uint32_t> rows) const {
  constexpr float kFarthest = -std::numeric_limits<float>::infinity();
  constexpr size_t kMost = RowSimilarity::kMostRows;
  std::vector<Neighbour> near;
  near.reserve(rows.size());
  for (size_t first = 0; first < rows.size(); first += kMost) {
    const absl::Span<const uint32_t> some = rows.subspan(first, kMost);
    float similarities[kMost];
    similarity_.Of(target, some, similarities);
    for (size_t i = 0; i < some.size(); ++i) {
      const float similarity = similarities[i];
      near.push_back(
          {similarity == similarity ? similarity : kFarthest, some[i]});
    }
  }
  return near;
}

std::vector<uint32_t> HnswLists::Choose(std::vector<Neighbour> near,
                                        size_t most, size_t few) const {
  std::sort(near.begin(), near.end(), IsNearer);
  std::vector<uint32_t> chosen;
  std::vector<uint32_t> passed;
  const bool all = near.size() < most;
  for (const Neighbour& candidate : near) {
    if (chosen.size() == most) break;
    const bool apart = all || IsApart(candidate, chosen);
    (apart ? chosen : passed).push_back(candidate.row);
  }
  for (size_t i = 0; i < passed.size() && chosen.size() < few; ++i) {
    chosen.push_back(passed[i]);
  }
  return chosen;
}

bool HnswLists::IsApart(const Neighbour& candidate,
                        absl::Span<const uint32_t> chosen) const {
  constexpr size_t kAtATime = 4;  // as many as cost little more than one
  for (size_t first = 0; first < chosen.size(); first += kAtATime) {
    const absl::Span<const uint32_t> some = chosen.subspan(first, kAtATime);
    float similarities[kAtATime];
    similarity_.Of(candidate.row, some, similarities);
    for (size_t i = 0; i < some.size(); ++i) {
      if (IsMuchNearer(similarities[i], candidate.similarity)) return false;
    }
  }
  return true;
}

// Whether a row of this similarity to a third is nearer to it, by more than
// kApart, than one of that. Similarities are 1, or of l2 0, less half the
// squared distance; of dot they are no distances and are just compared.
bool HnswLists::IsMuchNearer(float similarity, float than) const {
  if (table_.metric() == Metric::kDot) return similarity > than;
  const float nearest = table_.metric() == Metric::kCosine ? 1 : 0;
  return kApart * (nearest - similarity) < nearest - than;
}

void HnswLists::Drop(uint64_t end) {
  constexpr uint64_t kPage = 4096;
  const uint64_t bytes = end * 2 * m_ * sizeof(uint32_t);
  // Only advice: without it more is held for a while.
  (void)madvise(level_0_.data(), bytes / kPage * kPage, MADV_DONTNEED);
}

}  // namespace embed
