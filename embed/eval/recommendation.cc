#include "embed/eval/recommendation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/eval/score_rows.h"
#include "embed/eval/unit_rows.h"
#include "embed/kernels/int8_top_k.h"
#include "embed/model/embedding_table.h"

namespace embed {
namespace {

// What a user is shown, and where the targets are.
struct UserRanking {
  std::vector<uint32_t> top;    // the first items, best first
  std::vector<uint64_t> ranks;  // of the targets, from 1, rising
};

bool Precedes(absl::Span<const float> scores, uint32_t a, uint32_t b) {
  return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
}

// Among all items but the excluded ones (no item twice), from 1.
uint64_t RankOf(absl::Span<const float> scores,
                const std::vector<uint32_t>& excluded, uint32_t target) {
  uint64_t before = 0;
  const float score = scores[target];
  for (uint32_t i = 0; i < target; ++i) before += scores[i] >= score ? 1 : 0;
  for (size_t i = target + size_t{1}; i < scores.size(); ++i) {
    before += scores[i] > score ? 1 : 0;
  }
  for (const uint32_t item : excluded) {
    before -= Precedes(scores, item, target) ? 1 : 0;
  }
  return before + 1;
}

UserRanking Rank(absl::Span<const float> scores, const RecommendationCase& user,
                 uint64_t k) {
  std::vector<uint32_t> excluded = user.history;
  std::sort(excluded.begin(), excluded.end());
  excluded.erase(std::unique(excluded.begin(), excluded.end()), excluded.end());
  UserRanking ranking;
  for (const uint32_t target : user.targets) {
    ranking.ranks.push_back(RankOf(scores, excluded, target));
  }
  std::sort(ranking.ranks.begin(), ranking.ranks.end());
  Int8TopK best(std::min<uint64_t>(k, scores.size()));
  float threshold = best.threshold();
  for (size_t i = 0; i < scores.size(); ++i) {
    const uint32_t item = static_cast<uint32_t>(i);
    if (scores[i] <= threshold ||
        std::binary_search(excluded.begin(), excluded.end(), item)) {
      continue;
    }
    threshold = best.Push(scores[i], item);
  }
  for (const Int8Hit& hit : best.TakeSorted()) ranking.top.push_back(hit.row);
  return ranking;
}

double Discount(uint64_t rank) {
  return 1 / std::log2(static_cast<double>(rank) + 1);
}

// Adds a user to the sums in `scores`.
void AddUser(const std::vector<uint64_t>& ranks, RecommendationScores* scores) {
  double found = 0;
  double gain = 0;
  double largest_gain = 0;
  for (size_t i = 0; i < ranks.size(); ++i) {
    if (ranks[i] <= scores->k) {
      found += 1;
      gain += Discount(ranks[i]);
    }
    if (i < scores->k) largest_gain += Discount(i + 1);
  }
  scores->hit_rate += found > 0 ? 1 : 0;
  scores->recall += found / static_cast<double>(ranks.size());
  scores->ndcg += gain / largest_gain;
  scores->mrr += 1 / static_cast<double>(ranks[0]);
}

double Coverage(const std::vector<UserRanking>& users, uint64_t k,
                uint64_t num_items) {
  std::vector<bool> shown(num_items);
  for (const UserRanking& user : users) {
    for (size_t i = 0; i < std::min<size_t>(k, user.top.size()); ++i) {
      shown[user.top[i]] = true;
    }
  }
  return static_cast<double>(std::count(shown.begin(), shown.end(), true)) /
         static_cast<double>(num_items);
}

std::vector<RecommendationScores> Summarize(
    const std::vector<UserRanking>& users, absl::Span<const uint64_t> cutoffs,
    uint64_t num_items) {
  const double count = static_cast<double>(users.size());
  std::vector<RecommendationScores> results;
  for (const uint64_t k : cutoffs) {
    RecommendationScores scores;
    scores.k = k;
    for (const UserRanking& user : users) AddUser(user.ranks, &scores);
    scores.hit_rate /= count;
    scores.ndcg /= count;
    scores.recall /= count;
    scores.mrr /= count;
    scores.coverage = Coverage(users, k, num_items);
    results.push_back(scores);
  }
  return results;
}

uint64_t Largest(absl::Span<const uint64_t> cutoffs) {
  return cutoffs.empty() ? 0
                         : *std::max_element(cutoffs.begin(), cutoffs.end());
}

// Row i: the mean of the rows that case i has as its history.
absl::StatusOr<EmbeddingTable> Queries(
    const EmbeddingTable& unit, absl::Span<const RecommendationCase> cases) {
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable queries,
                         EmbeddingTable::Create(cases.size(), unit.dim()));
  for (size_t i = 0; i < cases.size(); ++i) {
    for (const uint32_t item : cases[i].history) {
      for (int j = 0; j < unit.dim(); ++j) {
        queries.row(i)[j] += unit.row(item)[j];
      }
    }
  }
  // Sums and means have one direction.
  return UnitRows(queries.view());
}

}  // namespace

absl::StatusOr<std::vector<RecommendationScores>> RecommendByHistory(
    const MatrixView& items, absl::Span<const RecommendationCase> cases,
    absl::Span<const uint64_t> cutoffs, int threads) {
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit, UnitRows(items));
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable queries, Queries(unit, cases));
  std::vector<UserRanking> users(cases.size());
  const uint64_t k = Largest(cutoffs);
  ScoreRows(queries.view(), unit.view(), threads,
            [&](uint64_t user, absl::Span<const float> scores) {
              users[user] = Rank(scores, cases[user], k);
            });
  return Summarize(users, cutoffs, items.rows);
}

std::vector<RecommendationScores> RecommendByPopularity(
    absl::Span<const uint64_t> counts,
    absl::Span<const RecommendationCase> cases,
    absl::Span<const uint64_t> cutoffs, int threads) {
  const std::vector<float> scores(counts.begin(), counts.end());
  std::vector<UserRanking> users(cases.size());
  const uint64_t k = Largest(cutoffs);
  ParallelFor(threads, cases.size(), [&](uint64_t begin, uint64_t end) {
    for (uint64_t user = begin; user < end; ++user) {
      users[user] = Rank(scores, cases[user], k);
    }
  });
  return Summarize(users, cutoffs, counts.size());
}

}  // namespace embed
