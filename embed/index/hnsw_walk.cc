#include "embed/index/hnsw_walk.h"

#include <algorithm>

namespace embed {
namespace {

constexpr size_t kCacheLine = 64;

// The first place from `from` on that was not followed.
size_t NextUnfollowed(const HnswFrontier& frontier, size_t from) {
  while (from < frontier.size() && frontier.followed(from)) ++from;
  return from;
}

}  // namespace

void HnswWalk::Run(size_t ef, uint32_t hidden, uint32_t level) {
  HnswFrontier& frontier = scratch_.frontier;
  scratch_.visited.Clear();
  frontier.Reset(ef);
  const Best best = Descend(hidden, level);
  if (hidden != HnswGraph::kNoRow) scratch_.visited.Mark(hidden);
  scratch_.visited.Mark(best.row);
  frontier.Insert(best.score, best.row);
  // Entries before `next` were followed; a better row may come before it.
  for (size_t next = 0; next < frontier.size();) {
    next = frontier.followed(next) ? next + 1
                                   : std::min(next + 1, Follow(next, level));
  }
}

bool HnswWalk::RunAllowed(size_t ef, absl::Span<const uint64_t> allowed,
                          uint64_t most) {
  HnswFrontier& frontier = scratch_.frontier;
  HnswFrontier& passages = scratch_.passages;
  scratch_.visited.Clear();
  frontier.Reset(ef);
  passages.Reset(ef);
  const Best best = Descend(HnswGraph::kNoRow, 0);
  scratch_.visited.Mark(best.row);
  (IsAllowed(allowed, best.row) ? frontier : passages)
      .Insert(best.score, best.row);
  next_ = next_passage_ = 0;
  while (scored_ <= most) {
    next_ = NextUnfollowed(frontier, next_);
    next_passage_ = NextUnfollowed(passages, next_passage_);
    const bool has_row = next_ < frontier.size();
    const bool has_passage = next_passage_ < passages.size();
    const bool through =
        has_passage &&
        (!has_row || passages[next_passage_].score > frontier[next_].score);
    // A passage behind the worst of enough rows leads to no better ones.
    if (through && frontier.size() == ef &&
        passages[next_passage_].score <= frontier[ef - 1].score) {
      return true;
    }
    if (!through && !has_row) return true;
    HnswFrontier& from = through ? passages : frontier;
    const size_t place = through ? next_passage_ : next_;
    const uint32_t row = from.row(place);
    from.SetFollowed(place);
    FollowAllowed(row, allowed);
  }
  return false;
}

// From the entry point to a near row of `to_level`.
HnswWalk::Best HnswWalk::Descend(uint32_t hidden, uint32_t to_level) {
  Best best = {graph_.parts().entry_point, 0};
  ScoreInt8Rows(rows_, query_, {&best.row, 1}, &best.score);
  scored_ = 1;
  for (uint32_t level = graph_.max_level(); level > to_level; --level) {
    while (Climb(level, hidden, &best)) {
    }
  }
  return best;
}

// Goes to the best neighbour on `level`; false if none is better.
bool HnswWalk::Climb(uint32_t level, uint32_t hidden, Best* best) {
  scratch_.rows.clear();
  for (const uint32_t row : graph_.UpperLinks(best->row, level)) {
    if (row >= rows_.rows) break;
    if (row != hidden) AddRow(row);
  }
  scratch_.scores.resize(scratch_.rows.size());
  ScoreInt8Rows(rows_, query_, scratch_.rows, scratch_.scores.data());
  bool better = false;
  for (size_t i = 0; i < scratch_.rows.size(); ++i) {
    if (!(scratch_.scores[i] > best->score)) continue;
    *best = {scratch_.rows[i], scratch_.scores[i]};
    better = true;
  }
  return better;
}

// Follows the links of entry `place`; returns the first place that changed.
size_t HnswWalk::Follow(size_t place, uint32_t level) {
  HnswFrontier& frontier = scratch_.frontier;
  frontier.SetFollowed(place);
  if (place + 1 < frontier.size()) PrefetchLinks(frontier.row(place + 1));
  const absl::Span<const uint32_t> added = scratch_.visited.MarkList(
      level == 0 ? graph_.Links(frontier.row(place))
                 : graph_.UpperLinks(frontier.row(place), level));
  const Int8RowTable rows = rows_;
  for (const uint32_t row : added) PrefetchInt8Row(rows, row);
  return ScoreInto(added, &frontier);
}

void HnswWalk::FollowAllowed(uint32_t row, absl::Span<const uint64_t> allowed) {
  scratch_.rows.clear();
  scratch_.bridges.clear();
  size_t met = AddAllowed(row, allowed, &scratch_.bridges);
  // Half as many rows as one has links are enough: most links of a row lead to
  // rows that were met before.
  const size_t enough = static_cast<size_t>(graph_.parts().m);
  for (const uint32_t bridge : scratch_.bridges) {
    if (scratch_.rows.size() >= enough) break;
    met += AddAllowed(bridge, allowed, nullptr);
  }
  next_ = std::min(next_, ScoreInto(scratch_.rows, &scratch_.frontier));
  // Allowed rows that were met before do lead on.
  if (met >= enough / 2) return;
  scratch_.rows.clear();
  for (const uint32_t bridge : scratch_.bridges) {
    if (scratch_.visited.Mark(bridge)) AddRow(bridge);
  }
  next_passage_ =
      std::min(next_passage_, ScoreInto(scratch_.rows, &scratch_.passages));
}

// Adds the allowed rows that `row` links to and that are new, and the others to
// `bridges` if that is not null; returns how many allowed ones there are.
size_t HnswWalk::AddAllowed(uint32_t row, absl::Span<const uint64_t> allowed,
                            std::vector<uint32_t>* bridges) {
  size_t count = 0;
  for (const uint32_t link : graph_.Links(row)) {
    if (link >= rows_.rows) break;
    if (IsAllowed(allowed, link)) {
      ++count;
      if (scratch_.visited.Mark(link)) AddRow(link);
    } else if (bridges != nullptr) {
      PrefetchLinks(link);
      bridges->push_back(link);
    }
  }
  return count;
}

// Rows are asked for before the first is scored: they come from memory side by
// side.
void HnswWalk::AddRow(uint32_t row) {
  PrefetchInt8Row(rows_, row);
  scratch_.rows.push_back(row);
}

// Scores rows and inserts them; returns the first place that changed.
size_t HnswWalk::ScoreInto(absl::Span<const uint32_t> rows,
                           HnswFrontier* frontier) {
  scratch_.scores.resize(std::max(scratch_.scores.size(), rows.size()));
  float* const scores = scratch_.scores.data();
  ScoreInt8Rows(rows_, query_, rows, scores);
  scored_ += rows.size();
  size_t first = frontier->size();
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t place = frontier->Insert(scores[i], rows[i]);
    if (place >= first) continue;
    first = place;
    // Perhaps the next whose links are followed.
    PrefetchLinks(rows[i]);
  }
  return first;
}

void HnswWalk::PrefetchLinks(uint32_t row) const {
  const absl::Span<const uint32_t> links = graph_.Links(row);
  const char* begin = reinterpret_cast<const char*>(links.data());
  for (size_t i = 0; i < links.size() * sizeof(uint32_t); i += kCacheLine) {
    __builtin_prefetch(begin + i);
  }
}

}  // namespace embed
