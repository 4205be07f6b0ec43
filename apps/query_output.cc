#include "apps/query_output.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "embed/io/key_text.h"

namespace embed {
namespace {

using Json = nlohmann::ordered_json;

// Scores of other metrics than cosine have any magnitude.
std::string ScoreText(const ItemIndex& index, float score) {
  return index.metric() == Metric::kCosine ? absl::StrFormat("%.6f", score)
                                           : absl::StrFormat("%.7g", score);
}

std::string FormatTsv(const ItemIndex& index, const ResolvedQuery& query,
                      const std::vector<SearchHit>& hits) {
  std::string name = QueryLabel(query);
  if (!query.composed.empty()) name += " (composed)";
  std::string lines;
  for (size_t i = 0; i < hits.size(); ++i) {
    absl::StrAppendFormat(&lines, "%s\t%d\t%s\t%s\n", name, i + 1,
                          EscapedKey(index.key(hits[i].id)),
                          ScoreText(index, hits[i].score));
  }
  return lines;
}

std::string FormatJson(const ItemIndex& index, const ResolvedQuery& query,
                       const std::vector<SearchHit>& hits) {
  Json answer;
  answer["query"] = query.text;
  if (!query.composed.empty()) answer["composed"] = query.composed;
  answer["neighbors"] = Json::array();
  for (const SearchHit& hit : hits) {
    const double score = index.metric() == Metric::kCosine
                             ? std::round(double{hit.score} * 1e6) / 1e6
                             : hit.score;
    Json neighbor = {{"key", std::string(index.key(hit.id))}, {"score", score}};
    if (!index.type_names().empty()) {
      neighbor["type"] = std::string(index.type(hit.id));
    }
    answer["neighbors"].push_back(std::move(neighbor));
  }
  // What the user typed need not be UTF-8, JSON must be.
  return answer.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

absl::StatusOr<QueryFormat> QueryFormatFromName(absl::string_view name) {
  if (name == "tsv") return QueryFormat::kTsv;
  if (name == "json") return QueryFormat::kJson;
  return absl::InvalidArgumentError(
      absl::StrCat("--output_format: \"", name, "\" is neither tsv nor json"));
}

std::string QueryLabel(const ResolvedQuery& query) {
  if (query.one_key) return EscapedKey(query.text);
  return absl::StrJoin(absl::StrSplit(query.text, '\t'), " + ",
                       [](std::string* out, absl::string_view key) {
                         out->append(EscapedKey(key));
                       });
}

std::string FormatAnswer(const ItemIndex& index, const ResolvedQuery& query,
                         const std::vector<SearchHit>& hits,
                         QueryFormat format) {
  return format == QueryFormat::kTsv ? FormatTsv(index, query, hits)
                                     : FormatJson(index, query, hits);
}

}  // namespace embed
