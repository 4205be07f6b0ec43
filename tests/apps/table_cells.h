// Tables of results (apps/common/result_table.h) as commands print them.
#ifndef EMBED_TESTS_APPS_TABLE_CELLS_H_
#define EMBED_TESTS_APPS_TABLE_CELLS_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {

using TableCells = std::vector<std::vector<std::string>>;

inline TableCells CellsOf(const std::string& tsv) {
  TableCells rows;
  for (const std::string& line : Lines(tsv)) {
    rows.push_back(absl::StrSplit(line, '\t'));
  }
  return rows;
}

// The cell of a named column; fails the test if there is none.
inline std::string CellOf(const TableCells& table, size_t row,
                          const std::string& column) {
  const auto place = std::find(table[0].begin(), table[0].end(), column);
  if (place == table[0].end()) {
    ADD_FAILURE() << "no column " << column;
    return "";
  }
  return table[row][static_cast<size_t>(place - table[0].begin())];
}

inline double NumberOf(const TableCells& table, size_t row,
                       const std::string& column) {
  double number = 0;
  EXPECT_TRUE(absl::SimpleAtod(CellOf(table, row, column), &number));
  return number;
}

}  // namespace embed

#endif  // EMBED_TESTS_APPS_TABLE_CELLS_H_
