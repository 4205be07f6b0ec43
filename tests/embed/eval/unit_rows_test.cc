#include "embed/eval/unit_rows.h"

#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace unit_rows_test {

TEST(UnitRowsTest, LengthsAreOneAndDirectionsStay) {
  EmbeddingTable table = RandomTable(20, 19, 1);
  for (int i = 0; i < 19; ++i) table.row(7)[i] = 0;
  for (int i = 0; i < 19; ++i) table.row(8)[i] *= 1e30f;
  const EmbeddingTable unit = *UnitRows(table.view());
  ASSERT_EQ(unit.rows(), 20u);
  for (uint64_t row = 0; row < 20; ++row) {
    double square = 0;
    double dot = 0;
    double original = 0;
    for (int i = 0; i < 19; ++i) {
      square += double{unit.row(row)[i]} * unit.row(row)[i];
      dot += double{unit.row(row)[i]} * table.row(row)[i];
      original += double{table.row(row)[i]} * table.row(row)[i];
    }
    EXPECT_NEAR(square, row == 7 ? 0 : 1, 1e-6);
    if (row != 7) {
      EXPECT_NEAR(dot / std::sqrt(original), 1, 1e-6);
    }
  }
}

TEST(UnitRowsTest, RefusesWhatIsNotFinite) {
  EmbeddingTable table = RandomTable(3, 4, 1);
  table.row(2)[1] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(std::string(UnitRows(table.view()).status().message()),
              testing::HasSubstr("vector 2"));
}

}  // namespace unit_rows_test
}  // namespace embed
