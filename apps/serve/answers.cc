#include "apps/serve/answers.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "apps/serve/json_text.h"
#include "apps/serve/problem.h"
#include "embed/base/status_macros.h"
#include "embed/math/metric.h"

namespace embed {
namespace {

constexpr uint64_t kSuggestions = 3;
// Looking for similar keys reads them all: of more, none are looked for.
constexpr uint64_t kMostKeysForSuggestions = 200000;
// Rows that short walks through a graph keep in view: some 0.5 ms.
constexpr uint64_t kShortWalk = 512;
// Rows beside the graph that are scanned in about the time of one of these.
constexpr uint64_t kScannedRows = 64;

std::vector<std::string> NearestKeys(const ItemIndex& index,
                                     absl::string_view key) {
  std::vector<std::string> near;
  if (index.size() > kMostKeysForSuggestions) return near;
  for (const uint32_t id : index.NearestSpellings(key, kSuggestions)) {
    near.emplace_back(index.key(id));
  }
  return near;
}

// Whether the options go with the index.
absl::Status CheckOptions(const ItemIndex& index, const ServeQuery& query) {
  const AnswerOptions& options = query.options.answer;
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

bool AreShort(const ServedIndex& served, const ServeQueries& queries) {
  const ItemIndex& index = served.index();
  if (!index.has_graph()) return false;
  const HnswGraph* const graph = index.graph();
  const int usual = graph == nullptr ? 0 : graph->parts().ef_search;
  const uint64_t scanned = index.changes() == nullptr
                               ? 0
                               : index.changes()->num_further() / kScannedRows;
  uint64_t rows = 0;
  for (const ServeQuery& query : queries.queries) {
    const AnswerOptions& options = query.options.answer;
    const int ef = options.ef_search > 0 ? options.ef_search : usual;
    rows += std::max(options.k, static_cast<uint64_t>(ef)) + scanned;
    if (rows > kShortWalk || options.exact || !query.options.filter.empty()) {
      return false;
    }
    for (const Query::Term& term : query.query.terms) {
      if (!index.Find(term.key).has_value()) return false;
    }
  }
  return true;
}

absl::StatusOr<SearchTask> ResolveTask(const ServedIndex& served,
                                       const ServeQuery& query,
                                       uint64_t together) {
  const ItemIndex& index = served.index();
  SearchTask task;
  task.options = query.options.answer;
  task.options.together = together;
  task.space = &index;
  EMBED_RETURN_IF_ERROR(CheckOptions(index, query));
  auto allowed = served.Filtered(query.options.filter);
  if (!allowed.ok()) {
    return ProblemError(ProblemKind::kInvalidValue, allowed.status().message(),
                        absl::StrCat(query.pointer, "/filter/type"));
  }
  task.allowed = *std::move(allowed);
  if (task.allowed != nullptr) task.options.allowed = *task.allowed;
  if (!query.vector.empty()) {
    EMBED_RETURN_IF_ERROR(CheckVector(index, query));
    task.resolved.vector = query.vector;
    return task;
  }
  task.resolved = Resolve(query.query, index, served.unseen());
  if (task.resolved.vector.empty()) {
    const std::string& key = task.resolved.unknown.front();
    return UnknownKeyError(key, NearestKeys(index, key), query.pointer);
  }
  // Others, whose searches it would share, shall not fail with it.
  const absl::Status status = CheckPoint(task.resolved, index.metric());
  if (!status.ok()) {
    return ProblemError(ProblemKind::kInvalidValue, status.message(),
                        query.pointer);
  }
  if (!task.resolved.composed.empty()) task.space = &served.unseen()->space();
  return task;
}

absl::Status RunSearches(const std::vector<SearchTask*>& tasks, int threads) {
  std::vector<AnswerRequest> requests;
  requests.reserve(tasks.size());
  for (const SearchTask* task : tasks) {
    requests.push_back({task->space, &task->resolved, &task->options});
  }
  EMBED_ASSIGN_OR_RETURN(SearchHits hits, AnswerRequests(requests, threads));
  for (size_t i = 0; i < tasks.size(); ++i) tasks[i]->hits = std::move(hits[i]);
  return absl::OkStatus();
}

void AppendAnswer(const ServeQuery& query, const SearchTask& task,
                  std::string* json) {
  absl::StrAppend(json, "{\"query\":", query.text_json);
  AppendKeys("composed", task.resolved.composed, json);
  AppendKeys("unknown", task.resolved.unknown, json);
  absl::StrAppend(json, ",\"neighbors\":[");
  // Keys lie anywhere in memory: all are asked for before the first is needed.
  std::vector<absl::string_view> keys;
  keys.reserve(task.hits.size());
  for (const SearchHit& hit : task.hits) {
    keys.push_back(task.space->key(hit.id));
  }
  for (const absl::string_view key : keys) __builtin_prefetch(key.data());
  const bool typed = !task.space->type_names().empty();
  const bool cosine = task.space->metric() == Metric::kCosine;
  for (size_t i = 0; i < task.hits.size(); ++i) {
    const SearchHit& hit = task.hits[i];
    absl::StrAppend(json, i > 0 ? "," : "", "{\"key\":");
    AppendJsonString(keys[i], json);
    absl::StrAppend(json, ",\"score\":");
    if (cosine) {
      AppendJsonNumber(hit.score, json);
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
