#include "apps/common/result_table.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "apps/common/json_number.h"
#include "embed/base/check.h"

namespace embed {
namespace {

std::string CellText(const ResultTable::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* whole = std::get_if<int64_t>(&cell)) {
    return absl::StrCat(*whole);
  }
  const double value = std::get<double>(cell);
  // The sign of a NaN means nothing.
  return std::isnan(value) ? "nan" : absl::StrFormat("%.6f", value);
}

nlohmann::ordered_json CellJson(const ResultTable::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* whole = std::get_if<int64_t>(&cell)) return *whole;
  return NumberOrNull(std::get<double>(cell));
}

}  // namespace

ResultTable::ResultTable(std::vector<std::string> columns)
    : columns_(std::move(columns)) {}

void ResultTable::SetFirstCell(const std::string& column,
                               const std::string& text) {
  if (!first_cell_.has_value()) {
    EMBED_DCHECK(rows_.empty());
    columns_.insert(columns_.begin(), column);
  }
  first_cell_ = text;
}

void ResultTable::Add(std::vector<Cell> row) {
  if (first_cell_.has_value()) row.insert(row.begin(), *first_cell_);
  EMBED_DCHECK(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

std::string ResultTable::Tsv() const {
  std::string text = absl::StrJoin(columns_, "\t") + "\n";
  for (const std::vector<Cell>& row : rows_) {
    absl::StrAppend(&text,
                    absl::StrJoin(row, "\t",
                                  [](std::string* out, const Cell& cell) {
                                    absl::StrAppend(out, CellText(cell));
                                  }),
                    "\n");
  }
  return text;
}

std::string ResultTable::Json() const {
  std::string text;
  for (const std::vector<Cell>& row : rows_) {
    nlohmann::ordered_json object;
    for (size_t i = 0; i < row.size(); ++i) {
      object[columns_[i]] = CellJson(row[i]);
    }
    // A file's name may be any bytes.
    absl::StrAppend(
        &text,
        object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
        "\n");
  }
  return text;
}

std::string FileCell(const std::string& path) {
  return absl::StrReplaceAll(path.substr(path.find_last_of('/') + 1),
                             {{"\t", " "}, {"\n", " "}});
}

}  // namespace embed
