#include "apps/common/result_table.h"

#include <cmath>

#include "gtest/gtest.h"

namespace embed {
namespace result_table_test {

ResultTable Example() {
  ResultTable table({"name", "count", "share"});
  table.Add({"a \"b\"", int64_t{-3}, 0.5});
  table.Add({"c", int64_t{0}, -std::nan("")});
  return table;
}

TEST(ResultTableTest, Tsv) {
  EXPECT_EQ(Example().Tsv(),
            "name\tcount\tshare\na \"b\"\t-3\t0.500000\nc\t0\tnan\n");
}

TEST(ResultTableTest, Json) {
  EXPECT_EQ(Example().Json(),
            "{\"name\":\"a \\\"b\\\"\",\"count\":-3,\"share\":0.5}\n"
            "{\"name\":\"c\",\"count\":0,\"share\":null}\n");
}

TEST(ResultTableTest, FirstCellOfRowsThatFollow) {
  ResultTable table({"score"});
  table.SetFirstCell("codec", "int8");
  table.Add({int64_t{1}});
  table.Add({int64_t{2}});
  table.SetFirstCell("codec", "-");
  table.Add({int64_t{3}});
  EXPECT_EQ(table.Tsv(), "codec\tscore\nint8\t1\nint8\t2\n-\t3\n");
}

}  // namespace result_table_test
}  // namespace embed
