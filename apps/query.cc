#include "apps/query.h"

#include <algorithm>
#include <cmath>
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

// Whether the terms whose keys are known make a point; known[i]: of term i.
bool IsAnswerable(const Query& query, const std::vector<bool>& known) {
  bool any = false;
  for (size_t i = 0; i < known.size(); ++i) {
    const bool added = query.terms[i].weight >= 0;
    if (!known[i] && (query.analogy || !added)) return false;
    any = any || (known[i] && added);
  }
  return any;
}

// What the weights above 0 are multiplied by: 1 / terms for a mean.
float Scale(const Query& query, const std::vector<bool>& known) {
  if (query.analogy) return 1;
  int added = 0;
  for (size_t i = 0; i < known.size(); ++i) {
    if (known[i] && query.terms[i].weight >= 0) ++added;
  }
  return 1.0f / static_cast<float>(added);
}

Query PoolKeys(absl::string_view text, std::vector<std::string> keys,
               const QueryPooling& pooling) {
  Query query;
  query.text = std::string(text);
  query.pool = pooling.options;
  const bool weighted = pooling.options.pooling == Pooling::kSif;
  for (std::string& key : keys) {
    const double weight = weighted ? pooling.weight(key) : 1;
    query.terms.push_back({std::move(key), static_cast<float>(weight)});
  }
  return query;
}

}  // namespace

Query ParsePooled(absl::string_view text, const QueryPooling& pooling) {
  return PoolKeys(text, absl::StrSplit(text, '\t', absl::SkipEmpty()), pooling);
}

Query ParseLine(absl::string_view line, const ItemIndex& index,
                const QueryPooling& pooling) {
  const bool one_key =
      absl::StrContains(line, '\t') && index.Find(line).has_value();
  if (!one_key) return ParsePooled(line, pooling);
  Query query = PoolKeys(line, {std::string(line)}, pooling);
  query.one_key = true;
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
  return Query{std::string(text),
               {{keys[0], -1}, {keys[1], 1}, {keys[2], 1}},
               {},
               /*one_key=*/false,
               /*analogy=*/true};
}

void Subtract(absl::string_view key, Query* query) {
  query->terms.push_back({std::string(key), -1});
}

ResolvedQuery Resolve(const Query& query, const ItemIndex& index,
                      const UnseenWords* unseen) {
  ResolvedQuery resolved;
  resolved.text = query.text;
  resolved.one_key = query.one_key;
  // Of the keys that are not in the index.
  std::map<std::string, std::vector<float>> composed;
  std::vector<std::optional<uint32_t>> ids;  // of the terms, in the index
  ids.reserve(query.terms.size());
  std::vector<bool> known(query.terms.size(), true);
  for (size_t i = 0; i < query.terms.size(); ++i) {
    const Query::Term& term = query.terms[i];
    ids.push_back(index.Find(term.key));
    if (ids.back().has_value()) continue;
    auto vector = unseen == nullptr ? std::nullopt : unseen->Vector(term.key);
    if (!vector.has_value()) {
      resolved.unknown.push_back(term.key);
      known[i] = false;
    } else if (composed.emplace(term.key, *std::move(vector)).second) {
      resolved.composed.push_back(term.key);
    }
  }
  if (!IsAnswerable(query, known)) return resolved;
  const float scale = Scale(query, known);
  const ItemIndex& space = composed.empty() ? index : unseen->space();
  const bool summed = IsSum(query.pool.pooling);
  std::vector<float> pooled;  // the vectors of the terms to pool
  for (size_t i = 0; i < query.terms.size(); ++i) {
    if (!known[i]) continue;
    const Query::Term& term = query.terms[i];
    const auto found = composed.find(term.key);
    const std::optional<uint32_t> id =
        &space == &index ? ids[i] : space.Find(term.key);
    const std::vector<float> vector =
        id.has_value() ? space.Vector(*id) : found->second;
    resolved.vector.resize(vector.size());
    if (term.weight < 0) {
      Add(term.weight, vector, &resolved.vector);
    } else if (summed) {
      Add(term.weight * scale, vector, &resolved.vector);
    } else {
      pooled.insert(pooled.end(), vector.begin(), vector.end());
    }
    if (id.has_value()) resolved.excluded.push_back(*id);
  }
  if (!pooled.empty()) {
    Add(1, PoolForRows(pooled, space.dim(), {}, query.pool), &resolved.vector);
  }
  std::sort(resolved.excluded.begin(), resolved.excluded.end());
  return resolved;
}

absl::Status CheckPoint(const ItemQuery& query, Metric metric) {
  bool zero = !query.vector.empty() && metric != Metric::kL2;
  for (const float value : query.vector) {
    if (!std::isfinite(value)) {
      return absl::InvalidArgumentError(
          "a vector of these keys is not finite, or they add up to more than "
          "float32 holds");
    }
    zero = zero && value == 0;
  }
  if (!zero) return absl::OkStatus();
  return absl::InvalidArgumentError("a zero vector is near nothing");
}

absl::StatusOr<SearchHits> Answer(const ItemIndex& index,
                                  const std::vector<ResolvedQuery>& queries,
                                  const AnswerOptions& options) {
  const std::vector<ItemQuery> points(queries.begin(), queries.end());
  return AnswerQueries(index, points, options);
}

}  // namespace embed
