#include "apps/query.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"

namespace embed {
namespace {

// Whether a query is a sum of weighted vectors.
bool IsSum(Pooling pooling) {
  return pooling == Pooling::kMean || pooling == Pooling::kSif;
}

void Add(float weight, absl::Span<const float> vector,
         std::vector<float>* sum) {
  for (size_t i = 0; i < vector.size(); ++i) {
    (*sum)[i] += weight * vector[i];
  }
}

}  // namespace

Query ParsePooled(absl::string_view text, const QueryPooling& pooling) {
  Query query;
  query.text = std::string(text);
  query.pool = pooling.options;
  std::vector<std::string> keys = absl::StrSplit(text, '\t', absl::SkipEmpty());
  const float weight = 1.0f / static_cast<float>(keys.size());
  const bool weighted = pooling.options.pooling == Pooling::kSif;
  for (std::string& key : keys) {
    const double of_key = weighted ? pooling.weight(key) : 1;
    query.terms.push_back(
        {std::move(key), static_cast<float>(of_key) * weight});
  }
  return query;
}

absl::StatusOr<Query> ParseAnalogy(absl::string_view text) {
  const char separator = absl::StrContains(text, '\t') ? '\t' : ' ';
  const std::vector<std::string> keys =
      absl::StrSplit(text, separator, absl::SkipEmpty());
  if (keys.size() != 3) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" has ", keys.size(),
        " keys, expected three (a is to b as c is to ...), separated by "
        "blanks, or by tabs where keys hold blanks"));
  }
  return Query{
      std::string(text), {{keys[0], -1}, {keys[1], 1}, {keys[2], 1}}, {}};
}

void Subtract(absl::string_view key, Query* query) {
  query->terms.push_back({std::string(key), -1});
}

ResolvedQuery Resolve(const Query& query, const ItemIndex& index,
                      const UnseenWords* unseen) {
  ResolvedQuery resolved;
  resolved.text = query.text;
  // Of the keys that are not in the index.
  std::map<std::string, std::vector<float>> composed;
  std::vector<std::optional<uint32_t>> ids;  // of the terms, in the index
  ids.reserve(query.terms.size());
  for (const Query::Term& term : query.terms) {
    ids.push_back(index.Find(term.key));
    if (ids.back().has_value()) continue;
    auto vector = unseen == nullptr ? std::nullopt : unseen->Vector(term.key);
    if (!vector.has_value()) {
      resolved.unknown.push_back(term.key);
    } else if (composed.emplace(term.key, *std::move(vector)).second) {
      resolved.composed.push_back(term.key);
    }
  }
  const ItemIndex& space = composed.empty() ? index : unseen->space();
  const bool summed = IsSum(query.pool.pooling);
  std::vector<float> pooled;  // the vectors of the terms to pool
  for (size_t i = 0; i < query.terms.size(); ++i) {
    const Query::Term& term = query.terms[i];
    const auto found = composed.find(term.key);
    const std::optional<uint32_t> id =
        &space == &index ? ids[i] : space.Find(term.key);
    if (!id.has_value() && found == composed.end()) continue;
    const std::vector<float> unit =
        id.has_value() ? space.Vector(*id) : found->second;
    resolved.vector.resize(unit.size());
    if (summed || term.weight < 0) {
      Add(term.weight, unit, &resolved.vector);
    } else {
      pooled.insert(pooled.end(), unit.begin(), unit.end());
    }
    if (id.has_value()) resolved.excluded.push_back(*id);
  }
  if (!pooled.empty()) {
    Add(1, Pool(pooled, space.dim(), {}, query.pool), &resolved.vector);
  }
  std::sort(resolved.excluded.begin(), resolved.excluded.end());
  return resolved;
}

absl::StatusOr<SearchHits> Answer(const ItemIndex& index,
                                  const std::vector<ResolvedQuery>& queries,
                                  const AnswerOptions& options) {
  const std::vector<ItemQuery> points(queries.begin(), queries.end());
  return AnswerQueries(index, points, options);
}

}  // namespace embed
