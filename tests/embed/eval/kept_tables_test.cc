#include "embed/eval/kept_tables.h"

#include <cstring>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace kept_tables_test {

EmbeddingTable RandomTable(uint64_t rows, int dim, uint64_t seed) {
  auto table = EmbeddingTable::Create(rows, dim);
  EXPECT_TRUE(table.ok()) << table.status();
  table->FillUniform(1, seed, 1);
  return *std::move(table);
}

bool SameBytes(const EmbeddingTable& a, const EmbeddingTable& b) {
  return a.bytes() == b.bytes() &&
         std::memcmp(a.data(), b.data(), a.bytes()) == 0;
}

TEST(KeptTablesTest, GivesBackWhatWasKept) {
  EmbeddingTable input = RandomTable(7, 20, 1);
  EmbeddingTable output = RandomTable(5, 20, 2);
  EmbeddingTable none;
  auto kept = KeptTables::Create({&input, &output, &none});
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(KeptTables::BytesFor({&input, &output, &none}),
            input.bytes() + output.bytes());
  const float* const place = input.data();
  for (uint64_t seed = 3; seed < 6; ++seed) {
    input.FillUniform(1, seed, 1);
    output.FillUniform(1, seed + 100, 1);
    kept->Keep({&input, &output, &none});
    input.FillUniform(1, 50, 1);
    output.FillUniform(1, 51, 1);
    EXPECT_FALSE(SameBytes(input, RandomTable(7, 20, seed)));
    kept->PutBack({&input, &output, &none});
    EXPECT_TRUE(SameBytes(input, RandomTable(7, 20, seed)));
    EXPECT_TRUE(SameBytes(output, RandomTable(5, 20, seed + 100)));
  }
  EXPECT_EQ(input.data(), place);  // the trainer's pointers stay good
}

TEST(KeptTablesTest, RestoresFromACheckpoint) {
  EmbeddingTable table = RandomTable(4, 3, 1);
  auto kept = KeptTables::Create({&table});
  ASSERT_TRUE(kept.ok()) << kept.status();
  const EmbeddingTable saved = RandomTable(4, 3, 9);
  const auto values = absl::MakeConstSpan(saved.data(), 4 * saved.stride());
  ASSERT_TRUE(kept->Restore({values}).ok());
  EXPECT_EQ(kept->Values()[0], values);
  kept->PutBack({&table});
  EXPECT_TRUE(SameBytes(table, saved));
}

TEST(KeptTablesTest, RefusesOtherSizes) {
  const EmbeddingTable table = RandomTable(4, 3, 1);
  auto kept = KeptTables::Create({&table});
  ASSERT_TRUE(kept.ok()) << kept.status();
  const std::vector<float> values(100);
  const auto all = absl::MakeConstSpan(values);
  EXPECT_TRUE(absl::IsDataLoss(kept->Restore({})));
  EXPECT_TRUE(absl::IsDataLoss(kept->Restore({all.first(63)})));
  EXPECT_TRUE(absl::IsDataLoss(kept->Restore({all.first(65)})));
  EXPECT_TRUE(absl::IsDataLoss(kept->Restore({all.first(64), all.first(64)})));
  EXPECT_TRUE(kept->Restore({all.first(64)}).ok());
}

}  // namespace kept_tables_test
}  // namespace embed
