// What may be asked: the bodies of POST /v1/query and the parameters of
// GET /v1/neighbors, checked and in one form. openapi.json describes them.
#ifndef EMBED_APPS_SERVE_QUERY_BODY_H_
#define EMBED_APPS_SERVE_QUERY_BODY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "apps/query.h"
#include "apps/serve/target.h"
#include "embed/index/answer.h"
#include "embed/index/item_filter.h"

namespace embed {

constexpr int64_t kServeMaxK = 1000;
constexpr int kServeMaxEfSearch = 10000;
constexpr size_t kServeMaxQueries = 1024;  // of one request
constexpr size_t kServeMaxTerms = 1000;    // keys of one query

struct ServeQueryOptions {
  AnswerOptions answer;  // without `allowed`, which the filter is to be
  ItemFilter filter;     // by types and prefix
};

struct ServeQuery {
  std::string text_json;      // JSON of what was asked, for the answer
  Query query;                // of keys
  std::vector<float> vector;  // instead of keys
  ServeQueryOptions options;
  std::string pointer;  // of the query in the body (RFC 6901)
};

struct ServeQueries {
  bool batch = false;  // the body has "queries": so has the answer "results"
  std::vector<ServeQuery> queries;
};

// kMalformedJson; kInvalidValue, with a pointer to the value.
absl::StatusOr<ServeQueries> ParseQueryBody(absl::string_view body);

// The neighbors of one key. kInvalidValue: a parameter that is unknown or
// whose value cannot be.
absl::StatusOr<ServeQueries> NeighborQuery(absl::string_view key,
                                           const Target& target);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_QUERY_BODY_H_
