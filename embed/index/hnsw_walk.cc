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

void HnswWalk::Start(size_t ef, uint32_t hidden, uint32_t level) {
  scratch_.visited.Clear();
  scratch_.frontier.Reset(ef);
  next_ = 0;
  has_gathered_ = false;
  Enter(hidden, level);
  if (level_ == to_level_) Arrive();
}

bool HnswWalk::Step() {
  HnswFrontier& frontier = scratch_.frontier;
  has_gathered_ = !has_gathered_;
  if (level_ > to_level_) {
    if (has_gathered_) {
      GatherUpper();
    } else {
      Climb();
      if (level_ == to_level_) Arrive();
    }
    return true;
  }
  if (has_gathered_) {
    // None: its score was not a number, which a damaged file may give.
    if (frontier.size() == 0) return false;
    Follow();
    return true;
  }
  // Entries before next_ were followed; a better row may have come before it.
  next_ = NextUnfollowed(frontier,
                         std::min(next_, ScoreInto(gathered_, &frontier)));
  if (next_ == frontier.size()) return false;
  PrefetchLinks(frontier.row(next_));
  return true;
}

bool HnswWalk::RunAllowed(size_t ef, absl::Span<const uint64_t> allowed,
                          uint64_t most) {
  HnswFrontier& frontier = scratch_.frontier;
  HnswFrontier& passages = scratch_.passages;
  scratch_.visited.Clear();
  frontier.Reset(ef);
  passages.Reset(ef);
  Enter(HnswGraph::kNoRow, 0);
  while (level_ > to_level_) {
    GatherUpper();
    Climb();
  }
  scratch_.visited.Mark(best_.row);
  (IsAllowed(allowed, best_.row) ? frontier : passages)
      .Insert(best_.score, best_.row);
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
    if (place + 1 < from.size()) PrefetchLinks(from.row(place + 1));
    FollowAllowed(row, allowed);
  }
  return false;
}

// To the entry point.
void HnswWalk::Enter(uint32_t hidden, uint32_t to_level) {
  hidden_ = hidden;
  to_level_ = to_level;
  level_ = std::max(graph_.max_level(), to_level);
  best_ = {graph_.parts().entry_point, 0};
  ScoreInt8Rows(rows_, query_, {&best_.row, 1}, &best_.score);
  scored_ = 1;
}

// The neighbours of the best row on a level above to_level_.
void HnswWalk::GatherUpper() {
  scratch_.rows.clear();
  for (const uint32_t row : graph_.UpperLinks(best_.row, level_)) {
    if (row >= rows_.rows) break;
    if (row != hidden_) AddRow(row);
  }
  gathered_ = scratch_.rows;
}

// Goes to the best of them, or where none is better, one level down.
void HnswWalk::Climb() {
  scratch_.scores.resize(std::max(scratch_.scores.size(), gathered_.size()));
  const float* const scores = scratch_.scores.data();
  ScoreInt8Rows(rows_, query_, gathered_, scratch_.scores.data());
  bool better = false;
  for (size_t i = 0; i < gathered_.size(); ++i) {
    if (!(scores[i] > best_.score)) continue;
    best_ = {gathered_[i], scores[i]};
    better = true;
  }
  if (!better) --level_;
}

// On to_level_.
void HnswWalk::Arrive() {
  if (hidden_ != HnswGraph::kNoRow) scratch_.visited.Mark(hidden_);
  scratch_.visited.Mark(best_.row);
  scratch_.frontier.Insert(best_.score, best_.row);
  PrefetchLinks(best_.row);
}

// Gathers the new ones of the rows that the next entry links to.
void HnswWalk::Follow() {
  HnswFrontier& frontier = scratch_.frontier;
  frontier.SetFollowed(next_);
  if (next_ + 1 < frontier.size()) PrefetchLinks(frontier.row(next_ + 1));
  const uint32_t row = frontier.row(next_);
  gathered_ = scratch_.visited.MarkList(
      to_level_ == 0 ? graph_.Links(row) : graph_.UpperLinks(row, to_level_));
  const Int8RowTable rows = rows_;
  for (const uint32_t added : gathered_) PrefetchInt8Row(rows, added);
}

void HnswWalk::FollowAllowed(uint32_t row, absl::Span<const uint64_t> allowed) {
  std::vector<uint32_t>& bridges = scratch_.bridges;
  scratch_.rows.clear();
  DivideLinks(row, allowed, &bridges);
  // Of all first, because their links can only be asked for once they are here.
  for (const uint32_t bridge : bridges) graph_.PrefetchPlace(bridge);
  size_t met = AddNew();
  for (const uint32_t bridge : bridges) PrefetchLinks(bridge);
  // Half as many rows as one has links are enough: most links of a row lead to
  // rows that were met before.
  const size_t enough = static_cast<size_t>(graph_.parts().m);
  for (const uint32_t bridge : bridges) {
    if (scratch_.rows.size() >= enough) break;
    DivideLinks(bridge, allowed, &scratch_.others);
    met += AddNew();
  }
  next_ = std::min(next_, ScoreInto(scratch_.rows, &scratch_.frontier));
  // Allowed rows that were met before do lead on.
  if (met >= enough / 2) return;
  scratch_.rows.clear();
  for (const uint32_t bridge : bridges) {
    if (scratch_.visited.Mark(bridge)) AddRow(bridge);
  }
  next_passage_ =
      std::min(next_passage_, ScoreInto(scratch_.rows, &scratch_.passages));
}

// Sets scratch_.allowed to the allowed rows that `row` links to and `others` to
// the rest. Without branches on what is allowed: they could not be foretold.
void HnswWalk::DivideLinks(uint32_t row, absl::Span<const uint64_t> allowed,
                           std::vector<uint32_t>* others) {
  const LinkList links = graph_.Links(row);
  scratch_.allowed.resize(links.size());
  others->resize(links.size());
  size_t num_allowed = 0;
  size_t num_others = 0;
  for (const uint32_t link : links) {
    if (link >= rows_.rows) break;
    const bool is_allowed = IsAllowed(allowed, link);
    scratch_.allowed[num_allowed] = link;
    (*others)[num_others] = link;
    num_allowed += is_allowed;
    num_others += !is_allowed;
  }
  scratch_.allowed.resize(num_allowed);
  others->resize(num_others);
}

// Adds those of scratch_.allowed that are new; returns how many it has.
size_t HnswWalk::AddNew() {
  for (const uint32_t row : scratch_.visited.MarkList(scratch_.allowed)) {
    AddRow(row);
  }
  return scratch_.allowed.size();
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
    // Of those that are too far the links are never followed: asking memory for
    // their places as well took longer.
    if (place < frontier->size()) graph_.PrefetchPlace(rows[i]);
    first = std::min(first, place);
  }
  return first;
}

void HnswWalk::PrefetchLinks(uint32_t row) const {
  const LinkList links = graph_.Links(row);
  const size_t bytes = links.num_bytes();
  for (size_t i = 0; i < bytes; i += kCacheLine) {
    __builtin_prefetch(links.data() + i);
  }
  // A list may start anywhere in a line.
  if (bytes > 0) __builtin_prefetch(links.data() + bytes - 1);
}

}  // namespace embed
