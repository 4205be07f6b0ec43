#include "apps/serve/query_body.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "apps/serve/json_text.h"
#include "apps/serve/json_value.h"
#include "apps/serve/problem.h"
#include "embed/base/status_macros.h"
#include "embed/math/pool.h"

namespace embed {
namespace {

using Json = nlohmann::json;

// Bodies need four.
constexpr int kMaxDepth = 8;
// Answers that all queries of one request may ask for: a few megabytes.
constexpr uint64_t kMaxAnswers = 100000;

// least .. most strings.
absl::StatusOr<std::vector<std::string>> Texts(const Json& value,
                                               const std::string& pointer,
                                               size_t least, size_t most) {
  if (!value.is_array() || value.size() < least || value.size() > most) {
    return InvalidJson(
        pointer, least == most ? absl::StrCat("expected ", least, " strings")
                               : absl::StrCat("expected an array of ", least,
                                              " to ", most, " strings"));
  }
  std::vector<std::string> texts;
  for (size_t i = 0; i < value.size(); ++i) {
    EMBED_ASSIGN_OR_RETURN(
        std::string text,
        JsonText(value[i], JsonBelow(pointer, absl::StrCat(i))));
    texts.push_back(std::move(text));
  }
  return texts;
}

absl::StatusOr<int64_t> Whole(const Json& value, const std::string& pointer,
                              int64_t least, int64_t most) {
  const bool fits = value.is_number_unsigned()
                        ? value.get<uint64_t>() <= static_cast<uint64_t>(most)
                        : value.is_number_integer();
  const int64_t number = fits ? value.get<int64_t>() : least - 1;
  if (number < least || number > most) {
    return InvalidJson(pointer, absl::StrCat("expected a whole number, ", least,
                                             " to ", most));
  }
  return number;
}

absl::StatusOr<float> Score(const Json& value, const std::string& pointer) {
  const float score = value.is_number()
                          ? static_cast<float>(value.get<double>())
                          : std::numeric_limits<float>::quiet_NaN();
  if (!std::isfinite(score)) {
    return InvalidJson(pointer,
                       "expected a finite number that a float32 can hold");
  }
  return score;
}

absl::Status ReadFilter(const Json& value, const std::string& pointer,
                        ServeQueryOptions* options) {
  if (!value.is_object()) return InvalidJson(pointer, "expected an object");
  options->filter = ItemFilter();
  for (const auto& [name, member] : value.items()) {
    const std::string at = JsonBelow(pointer, name);
    if (name == "type" && member.is_array()) {
      EMBED_ASSIGN_OR_RETURN(options->filter.types,
                             Texts(member, at, 1, kServeMaxTerms));
    } else if (name == "type") {
      EMBED_ASSIGN_OR_RETURN(std::string type, JsonText(member, at));
      options->filter.types = {std::move(type)};
    } else if (name == "prefix") {
      EMBED_ASSIGN_OR_RETURN(options->filter.prefix, JsonText(member, at));
    } else {
      return InvalidJson(at, "no such member; a filter has type and prefix");
    }
  }
  return absl::OkStatus();
}

// Sets the option `name`; *known is whether there is one of that name.
absl::Status ReadOption(const std::string& name, const Json& value,
                        const std::string& pointer, ServeQueryOptions* options,
                        bool* known) {
  *known = true;
  if (name == "k") {
    EMBED_ASSIGN_OR_RETURN(const int64_t k,
                           Whole(value, pointer, 1, kServeMaxK));
    options->answer.k = static_cast<uint64_t>(k);
  } else if (name == "ef_search") {
    EMBED_ASSIGN_OR_RETURN(const int64_t ef,
                           Whole(value, pointer, 1, kServeMaxEfSearch));
    options->answer.ef_search = static_cast<int>(ef);
  } else if (name == "exact") {
    if (!value.is_boolean()) {
      return InvalidJson(pointer, "expected true or false");
    }
    options->answer.exact = value.get<bool>();
  } else if (name == "min_score") {
    EMBED_ASSIGN_OR_RETURN(options->answer.min_score, Score(value, pointer));
  } else if (name == "filter") {
    return ReadFilter(value, pointer, options);
  } else {
    *known = false;
  }
  return absl::OkStatus();
}

// Reads the members of one query.
class QueryReader {
 public:
  QueryReader(std::string pointer, ServeQueryOptions defaults) {
    query_.pointer = std::move(pointer);
    query_.options = std::move(defaults);
  }

  absl::StatusOr<ServeQuery> Read(const Json& body) {
    if (!body.is_object()) {
      return InvalidJson(query_.pointer, "expected an object");
    }
    for (const auto& [name, value] : body.items()) {
      bool known;
      EMBED_RETURN_IF_ERROR(
          ReadOption(name, value, At(name), &query_.options, &known));
      if (!known) EMBED_RETURN_IF_ERROR(ReadSubject(name, value));
    }
    if (subjects_ != 1) {
      return InvalidJson(query_.pointer,
                         "expected one of key, keys, analogy and vector");
    }
    return Finish();
  }

 private:
  std::string At(absl::string_view name) const {
    return JsonBelow(query_.pointer, name);
  }

  void Echo(const Json& value) { query_.text_json = value.dump(); }

  absl::Status ReadSubject(const std::string& name, const Json& value) {
    if (name == "minus") {
      EMBED_ASSIGN_OR_RETURN(minus_, Texts(value, At(name), 1, kServeMaxTerms));
      return absl::OkStatus();
    }
    if (name == "pool") return ReadPool(value);
    ++subjects_;
    if (name == "key") {
      EMBED_ASSIGN_OR_RETURN(std::string key, JsonText(value, At(name)));
      query_.query.terms = {{std::move(key), 1}};
      Echo(value);
    } else if (name == "keys") {
      EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                             Texts(value, At(name), 1, kServeMaxTerms));
      for (const std::string& key : keys) {
        query_.query.terms.push_back({key, 1});
      }
      Echo(value);
    } else if (name == "analogy") {
      EMBED_ASSIGN_OR_RETURN(std::vector<std::string> keys,
                             Texts(value, At(name), 3, 3));
      query_.query.terms = {{std::move(keys[0]), -1},
                            {std::move(keys[1]), 1},
                            {std::move(keys[2]), 1}};
      query_.query.analogy = true;
      Echo(value);
    } else if (name == "vector") {
      EMBED_ASSIGN_OR_RETURN(query_.vector, JsonVector(value, At(name)));
      query_.text_json = "null";
    } else {
      return InvalidJson(
          At(name),
          "no such member; a query has key, keys, analogy or "
          "vector, and minus, pool, k, filter, exact, ef_search, "
          "min_score");
    }
    return absl::OkStatus();
  }

  absl::Status ReadPool(const Json& value) {
    EMBED_ASSIGN_OR_RETURN(const std::string name, JsonText(value, At("pool")));
    const absl::StatusOr<Pooling> pooling = PoolingFromName(name);
    if (!pooling.ok() || *pooling == Pooling::kSif) {
      return InvalidJson(At("pool"), "expected mean, max, concat or hier");
    }
    query_.query.pool.pooling = *pooling;
    return absl::OkStatus();
  }

  absl::StatusOr<ServeQuery> Finish() {
    if (!query_.vector.empty() && !minus_.empty()) {
      return InvalidJson(At("minus"), "goes with keys, not with a vector");
    }
    for (std::string& key : minus_) {
      query_.query.terms.push_back({std::move(key), -1});
    }
    return std::move(query_);
  }

  ServeQuery query_;
  std::vector<std::string> minus_;
  int subjects_ = 0;
};

absl::StatusOr<ServeQueries> ReadBatch(const Json& body) {
  ServeQueries parsed;
  parsed.batch = true;
  ServeQueryOptions defaults;
  for (const auto& [name, value] : body.items()) {
    if (name == "queries") continue;
    bool known;
    EMBED_RETURN_IF_ERROR(
        ReadOption(name, value, JsonBelow("", name), &defaults, &known));
    if (!known) {
      return InvalidJson(
          JsonBelow("", name),
          "no such member; beside queries stand k, filter, exact, "
          "ef_search, min_score");
    }
  }
  const Json& queries = body["queries"];
  if (!queries.is_array() || queries.empty() ||
      queries.size() > kServeMaxQueries) {
    return InvalidJson("/queries", absl::StrCat("expected an array of 1 to ",
                                                kServeMaxQueries, " queries"));
  }
  uint64_t answers = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    QueryReader reader(absl::StrCat("/queries/", i), defaults);
    EMBED_ASSIGN_OR_RETURN(ServeQuery query, reader.Read(queries[i]));
    answers += query.options.answer.k;
    parsed.queries.push_back(std::move(query));
  }
  if (answers > kMaxAnswers) {
    return InvalidJson(
        "/queries",
        absl::StrCat("the queries ask for ", answers,
                     " answers together, expected at most ", kMaxAnswers));
  }
  return parsed;
}

// Parameters as the members of a body.
Json ParameterValue(const std::string& name, const std::string& text) {
  double number;
  if (name == "k" || name == "ef_search") {
    int64_t whole;
    if (absl::SimpleAtoi(text, &whole)) return Json(whole);
  } else if (name == "min_score") {
    if (absl::SimpleAtod(text, &number)) return Json(number);
  } else if (name == "exact") {
    if (text == "true" || text == "false") return Json(text == "true");
  }
  return Json(text);
}

}  // namespace

absl::StatusOr<ServeQueries> ParseQueryBody(absl::string_view text) {
  EMBED_ASSIGN_OR_RETURN(const Json body, ParseJson(text, kMaxDepth));
  if (!body.is_object()) return InvalidJson("", "expected an object");
  if (body.contains("queries")) return ReadBatch(body);
  ServeQueries parsed;
  EMBED_ASSIGN_OR_RETURN(ServeQuery query, QueryReader("", {}).Read(body));
  parsed.queries.push_back(std::move(query));
  return parsed;
}

absl::StatusOr<ServeQueries> NeighborQuery(absl::string_view key,
                                           const Target& target) {
  ServeQuery query;
  query.query.terms = {{std::string(key), 1}};
  AppendJsonString(key, &query.text_json);
  Json filter;
  for (const auto& [name, value] : target.parameters) {
    if (name == "type" || name == "prefix") {
      filter[name] = value;
      continue;
    }
    // The usual one, without a detour through JSON.
    uint64_t k;
    if (name == "k" && absl::SimpleAtoi(value, &k) && k >= 1 &&
        k <= static_cast<uint64_t>(kServeMaxK)) {
      query.options.answer.k = k;
      continue;
    }
    bool known = name != "filter";
    if (known) {
      const Json parameter = ParameterValue(name, value);
      EMBED_RETURN_IF_ERROR(ReadOption(name, parameter, JsonBelow("", name),
                                       &query.options, &known));
    }
    if (!known) {
      return ProblemError(ProblemKind::kInvalidValue,
                          absl::StrCat("no such parameter: ", name,
                                       "; there are k, type, prefix, exact, "
                                       "ef_search, min_score"));
    }
  }
  if (!filter.is_null()) {
    EMBED_RETURN_IF_ERROR(ReadFilter(filter, "/filter", &query.options));
  }
  ServeQueries parsed;
  parsed.queries.push_back(std::move(query));
  return parsed;
}

}  // namespace embed
