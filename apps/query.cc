#include "apps/query.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/status_macros.h"

namespace embed {

Query ParsePooled(absl::string_view text) {
  Query query;
  query.text = std::string(text);
  std::vector<std::string> keys = absl::StrSplit(text, '\t', absl::SkipEmpty());
  const float weight = 1.0f / static_cast<float>(keys.size());
  for (std::string& key : keys) {
    query.terms.push_back({std::move(key), weight});
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
  return Query{std::string(text), {{keys[0], -1}, {keys[1], 1}, {keys[2], 1}}};
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
  for (const Query::Term& term : query.terms) {
    if (index.Find(term.key).has_value()) continue;
    auto vector = unseen == nullptr ? std::nullopt : unseen->Vector(term.key);
    if (!vector.has_value()) {
      resolved.unknown.push_back(term.key);
    } else if (composed.emplace(term.key, *std::move(vector)).second) {
      resolved.composed.push_back(term.key);
    }
  }
  const ItemIndex& space = composed.empty() ? index : unseen->space();
  for (const Query::Term& term : query.terms) {
    const auto found = composed.find(term.key);
    const std::optional<uint32_t> id = space.Find(term.key);
    if (!id.has_value() && found == composed.end()) continue;
    const std::vector<float> unit =
        id.has_value() ? space.Vector(*id) : found->second;
    resolved.vector.resize(unit.size());
    for (size_t i = 0; i < unit.size(); ++i) {
      resolved.vector[i] += term.weight * unit[i];
    }
    if (id.has_value()) resolved.excluded.push_back(*id);
  }
  std::sort(resolved.excluded.begin(), resolved.excluded.end());
  return resolved;
}

absl::StatusOr<SearchHits> Answer(const ItemIndex& index,
                                  const std::vector<ResolvedQuery>& queries,
                                  const AnswerOptions& options) {
  std::vector<float> vectors;
  std::vector<size_t> answered;  // the query of each row of `vectors`
  size_t most_excluded = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    if (queries[i].vector.empty()) continue;
    answered.push_back(i);
    vectors.insert(vectors.end(), queries[i].vector.begin(),
                   queries[i].vector.end());
    most_excluded = std::max(most_excluded, queries[i].excluded.size());
  }
  SearchHits result(queries.size());
  if (answered.empty()) return result;

  SearchOptions search;
  // The items of the query come first as a rule; they are taken out again.
  search.k = std::min(options.k, index.size()) + most_excluded;
  search.threads = options.threads;
  search.allowed = options.allowed;
  const uint64_t dim = static_cast<uint64_t>(index.dim());
  EMBED_ASSIGN_OR_RETURN(
      SearchHits hits,
      index.Search({vectors.data(), answered.size(), index.dim(), dim},
                   search));
  for (size_t row = 0; row < answered.size(); ++row) {
    const std::vector<uint32_t>& excluded = queries[answered[row]].excluded;
    for (const SearchHit& hit : hits[row]) {
      std::vector<SearchHit>& kept = result[answered[row]];
      if (kept.size() == options.k) break;
      if (!std::binary_search(excluded.begin(), excluded.end(), hit.id)) {
        kept.push_back(hit);
      }
    }
  }
  return result;
}

std::vector<uint64_t> ItemsWithPrefix(const ItemIndex& index,
                                      absl::string_view prefix) {
  std::vector<uint64_t> bits((index.size() + 63) / 64);
  for (uint64_t id = 0; id < index.size(); ++id) {
    if (absl::StartsWith(index.key(static_cast<uint32_t>(id)), prefix)) {
      bits[id / 64] |= uint64_t{1} << id % 64;
    }
  }
  return bits;
}

}  // namespace embed
