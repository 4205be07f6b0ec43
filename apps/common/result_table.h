// A table of results, as TSV for people and scripts or as JSON.
#ifndef EMBED_APPS_COMMON_RESULT_TABLE_H_
#define EMBED_APPS_COMMON_RESULT_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace embed {

class ResultTable {
 public:
  using Cell = std::variant<std::string, int64_t, double>;

  // Names of the columns; text cells must hold no tab and no line end.
  explicit ResultTable(std::vector<std::string> columns);

  // Rows added from now on have this text in a first column, which is there
  // from the first call on; that one comes before the first row.
  void SetFirstCell(const std::string& column, const std::string& text);

  // A row with a cell for each of the constructor's columns.
  void Add(std::vector<Cell> row);

  // A line with the names, then a line a row; tabs between cells. Real numbers
  // have six decimals, "nan" is one that is undefined.
  std::string Tsv() const;

  // An object a row and line; null for what is not a number.
  std::string Json() const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::optional<std::string> first_cell_;
};

// The base name of a file, as a cell.
std::string FileCell(const std::string& path);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_RESULT_TABLE_H_
