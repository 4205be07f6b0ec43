#include "apps/serve/answers.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "apps/serve/json_text.h"
#include "apps/serve/problem.h"
#include "embed/base/status_macros.h"
#include "embed/math/matrix_view.h"
#include "embed/math/metric.h"

namespace embed {
namespace {

constexpr uint64_t kSuggestions = 3;
// Looking for similar keys reads them all: of more, none are looked for.
constexpr uint64_t kMostKeysForSuggestions = 200000;
constexpr int kScoreDecimals = 6;

std::vector<std::string> NearestKeys(const ItemIndex& index,
                                     absl::string_view key) {
  std::vector<std::string> near;
  if (index.size() > kMostKeysForSuggestions) return near;
  for (const uint32_t id : index.NearestSpellings(key, kSuggestions)) {
    near.emplace_back(index.key(id));
  }
  return near;
}

absl::StatusOr<std::shared_ptr<const ItemBits>> BitsOfTypes(
    const ServedIndex& served, const ServeQuery& query) {
  std::shared_ptr<const ItemBits> all;
  for (const std::string& type : query.options.types) {
    std::shared_ptr<const ItemBits> bits = served.OfType(type);
    if (bits == nullptr) {
      const std::vector<std::string>& names = served.index().type_names();
      return ProblemError(
          ProblemKind::kInvalidValue,
          names.empty()
              ? "the items of this index have no types"
              : absl::StrCat("no type \"", type,
                             "\"; there are: ", absl::StrJoin(names, ", ")),
          absl::StrCat(query.pointer, "/filter/type"));
    }
    if (all == nullptr) {
      all = std::move(bits);
      continue;
    }
    auto both = std::make_shared<ItemBits>(*all);
    for (size_t i = 0; i < both->size(); ++i) (*both)[i] |= (*bits)[i];
    all = std::move(both);
  }
  return all;
}

// Null where there is no filter.
absl::StatusOr<std::shared_ptr<const ItemBits>> FilterBits(
    const ServedIndex& served, const ServeQuery& query) {
  EMBED_ASSIGN_OR_RETURN(std::shared_ptr<const ItemBits> of_types,
                         BitsOfTypes(served, query));
  if (!query.options.prefix.has_value()) return of_types;
  auto bits = std::make_shared<ItemBits>(
      served.index().ItemsWithPrefix(*query.options.prefix));
  if (of_types != nullptr) {
    for (size_t i = 0; i < bits->size(); ++i) (*bits)[i] &= (*of_types)[i];
  }
  return std::shared_ptr<const ItemBits>(std::move(bits));
}

absl::StatusOr<std::shared_ptr<const ItemBits>> FilterOf(
    const ServedIndex& served, const ServeQuery& query, LastFilter* last) {
  const ServeQueryOptions& options = query.options;
  if (last->used && last->types == options.types &&
      last->prefix == options.prefix) {
    return last->bits;
  }
  EMBED_ASSIGN_OR_RETURN(std::shared_ptr<const ItemBits> bits,
                         FilterBits(served, query));
  *last = {true, options.types, options.prefix, bits};
  return bits;
}

// Queries that one search answers. The number of answers asked for decides how
// many candidates are looked at, so it is the same for all of a group.
using Group =
    std::tuple<const ItemIndex*, const ItemBits*, uint64_t, bool, int>;

Group GroupOf(const SearchTask& task) {
  const uint64_t k = std::min(task.options.k, task.space->size()) +
                     task.resolved.excluded.size();
  return {task.space, task.allowed.get(), k, task.options.exact,
          task.options.ef_search};
}

// The first hits that are no members of the query and score enough.
void KeepHits(const std::vector<SearchHit>& found, SearchTask* task) {
  const std::vector<uint32_t>& excluded = task->resolved.excluded;
  const std::optional<float> wanted = task->options.min_score;
  const bool lower_first = task->space->metric() == Metric::kL2;
  for (const SearchHit& hit : found) {
    if (task->hits.size() == task->options.k) break;
    if (wanted.has_value() &&
        (lower_first ? hit.score > *wanted : hit.score < *wanted)) {
      break;
    }
    if (!std::binary_search(excluded.begin(), excluded.end(), hit.id)) {
      task->hits.push_back(hit);
    }
  }
}

absl::Status RunGroup(const Group& group, const std::vector<SearchTask*>& tasks,
                      int threads) {
  const auto& [space, allowed, k, exact, ef_search] = group;
  std::vector<float> vectors;
  for (const SearchTask* task : tasks) {
    vectors.insert(vectors.end(), task->resolved.vector.begin(),
                   task->resolved.vector.end());
  }
  SearchOptions options;
  options.k = k;
  options.threads = threads;
  if (allowed != nullptr) options.allowed = *allowed;
  options.exact = exact;
  options.ef_search = ef_search;
  const MatrixView rows = {vectors.data(), tasks.size(), space->dim(),
                           static_cast<uint64_t>(space->dim())};
  EMBED_ASSIGN_OR_RETURN(const SearchHits hits, space->Search(rows, options));
  for (size_t i = 0; i < tasks.size(); ++i) KeepHits(hits[i], tasks[i]);
  return absl::OkStatus();
}

// Whether the options go with the index.
absl::Status CheckOptions(const ItemIndex& index, const ServeQuery& query) {
  const ServeQueryOptions& options = query.options;
  if (options.ef_search > 0 && !index.has_graph()) {
    return ProblemError(ProblemKind::kInvalidValue, "the index has no graph",
                        absl::StrCat(query.pointer, "/ef_search"));
  }
  if (options.ef_search > 0 && options.exact) {
    return ProblemError(ProblemKind::kInvalidValue,
                        "ef_search does not go with exact",
                        absl::StrCat(query.pointer, "/ef_search"));
  }
  if (options.min_score.has_value() && index.metric() == Metric::kCosine &&
      std::abs(*options.min_score) > 1) {
    return ProblemError(ProblemKind::kInvalidValue,
                        "expected a number, -1 to 1",
                        absl::StrCat(query.pointer, "/min_score"));
  }
  return absl::OkStatus();
}

absl::Status CheckVector(const ItemIndex& index, const ServeQuery& query) {
  const std::vector<float>& vector = query.vector;
  const std::string pointer = absl::StrCat(query.pointer, "/vector");
  if (vector.size() != static_cast<size_t>(index.dim())) {
    return ProblemError(
        ProblemKind::kInvalidValue,
        absl::StrCat("the vector has ", vector.size(),
                     " numbers, the index has dim ", index.dim()),
        pointer);
  }
  const bool zero = std::all_of(vector.begin(), vector.end(),
                                [](float value) { return value == 0; });
  if (!zero || index.metric() == Metric::kL2) return absl::OkStatus();
  return ProblemError(ProblemKind::kInvalidValue,
                      "all are 0: a zero vector is near nothing", pointer);
}

void AppendKeys(absl::string_view name, const std::vector<std::string>& keys,
                std::string* json) {
  if (keys.empty()) return;
  absl::StrAppend(json, ",\"", name, "\":[");
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) json->push_back(',');
    AppendJsonString(keys[i], json);
  }
  json->push_back(']');
}

}  // namespace

absl::StatusOr<SearchTask> ResolveTask(const ServedIndex& served,
                                       const ServeQuery& query,
                                       LastFilter* last) {
  const ItemIndex& index = served.index();
  SearchTask task;
  task.options = query.options;
  task.space = &index;
  EMBED_RETURN_IF_ERROR(CheckOptions(index, query));
  EMBED_ASSIGN_OR_RETURN(task.allowed, FilterOf(served, query, last));
  if (!query.vector.empty()) {
    EMBED_RETURN_IF_ERROR(CheckVector(index, query));
    task.resolved.vector = query.vector;
    return task;
  }
  task.resolved = Resolve(query.query, index, served.unseen());
  const bool lacks_one = query.all_needed && !task.resolved.unknown.empty();
  if (task.resolved.vector.empty() || lacks_one) {
    const std::string& key = task.resolved.unknown.front();
    return UnknownKeyError(key, NearestKeys(index, key), query.pointer);
  }
  if (!task.resolved.composed.empty()) task.space = &served.unseen()->space();
  return task;
}

absl::Status RunSearches(const std::vector<SearchTask*>& tasks, int threads) {
  if (tasks.size() == 1) return RunGroup(GroupOf(*tasks[0]), tasks, threads);
  std::map<Group, std::vector<SearchTask*>> groups;
  for (SearchTask* task : tasks) groups[GroupOf(*task)].push_back(task);
  for (const auto& [group, members] : groups) {
    EMBED_RETURN_IF_ERROR(RunGroup(group, members, threads));
  }
  return absl::OkStatus();
}

void AppendAnswer(const ServeQuery& query, const SearchTask& task,
                  std::string* json) {
  absl::StrAppend(json, "{\"query\":", query.text_json);
  AppendKeys("composed", task.resolved.composed, json);
  AppendKeys("unknown", task.resolved.unknown, json);
  absl::StrAppend(json, ",\"neighbors\":[");
  const bool typed = !task.space->type_names().empty();
  const bool cosine = task.space->metric() == Metric::kCosine;
  for (size_t i = 0; i < task.hits.size(); ++i) {
    const SearchHit& hit = task.hits[i];
    absl::StrAppend(json, i > 0 ? "," : "", "{\"key\":");
    AppendJsonString(task.space->key(hit.id), json);
    absl::StrAppend(json, ",\"score\":");
    if (cosine) {
      AppendJsonNumber(hit.score, kScoreDecimals, json);
    } else {
      AppendJsonFloat(hit.score, json);  // of any size
    }
    if (typed) {
      absl::StrAppend(json, ",\"type\":");
      AppendJsonString(task.space->type(hit.id), json);
    }
    json->push_back('}');
  }
  absl::StrAppend(json, "]}");
}

}  // namespace embed
