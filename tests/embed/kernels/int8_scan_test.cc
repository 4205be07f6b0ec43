// Every CPU target against sums in 64-bit integers and a full sort.
// Sizes surround the group of 4 columns, the block of 16 rows and the tiles of
// queries. Scores are compared exactly: the header promises their bits.
#include "embed/kernels/int8_scan.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"

namespace embed {
namespace int8_scan_test {

struct Codes {
  std::vector<std::vector<int8_t>> rows;
  std::vector<std::vector<int8_t>> queries;
  std::vector<float> multipliers;
  std::vector<float> offsets;
  std::vector<float> offset_factors;
};

// kind 0: uniform codes and factors; 1: all +-127, the largest sums.
Codes MakeCodes(uint64_t rows, int dim, uint64_t queries, int kind) {
  Codes codes;
  Philox random(1, RandomPurpose::kTest, kind, rows * 1000 + dim);
  const auto vector = [&] {
    std::vector<int8_t> v(dim);
    for (int8_t& c : v) {
      c = static_cast<int8_t>(kind == 1
                                  ? (random.Below(2) != 0 ? 127 : -127)
                                  : static_cast<int>(random.Below(255)) - 127);
    }
    return v;
  };
  for (uint64_t i = 0; i < rows; ++i) {
    codes.rows.push_back(vector());
    codes.multipliers.push_back(static_cast<float>(random.NextDouble()));
    codes.offsets.push_back(static_cast<float>(random.NextDouble()));
  }
  if (kind == 1) {
    codes.rows[0].assign(dim, 127);
    codes.rows.back().assign(dim, -127);
  }
  for (uint64_t i = 0; i < queries; ++i) {
    codes.queries.push_back(vector());
    codes.offset_factors.push_back(
        static_cast<float>(random.NextDouble() * 1000));
  }
  if (kind == 1) codes.queries[0].assign(dim, 127);
  return codes;
}

// The codes in either layout of the kernel.
class Table {
 public:
  Table(const Codes& codes, bool in_rows) {
    if (in_rows) {
      MakeRows(codes);
    } else {
      MakeBlocks(codes);
    }
  }
  const Int8ScanTable& scan() const { return scan_; }
  // In rows: to scan these only.
  void Choose(absl::Span<const uint32_t> ids) {
    scan_.row_ids = ids;
    scan_.rows = ids.size();
  }

 private:
  void MakeBlocks(const Codes& codes) {
    const uint64_t rows = codes.rows.size();
    const int dim = static_cast<int>(codes.rows[0].size());
    const uint64_t padded = Int8Blocks(rows) * kInt8BlockRows;
    codes_ = AlignedBuffer::Create(Int8CodeBytes(rows, dim)).value();
    floats_ = AlignedBuffer::Create(2 * padded * sizeof(float)).value();
    uint8_t* bytes = static_cast<uint8_t*>(codes_.data());
    float* floats = static_cast<float*>(floats_.data());
    // Rows past the last one hold what would win, if it were looked at.
    std::fill_n(bytes, codes_.size(), uint8_t{255});
    std::fill_n(floats, 2 * padded, 1e9f);
    for (uint64_t i = 0; i < rows; ++i) {
      for (uint64_t j = 0; j < Int8Groups(dim) * kInt8GroupColumns; ++j) {
        const int code = j < static_cast<uint64_t>(dim) ? codes.rows[i][j] : 0;
        bytes[Int8CodeIndex(i, j, dim)] = static_cast<uint8_t>(code + 128);
      }
      floats[i] = codes.multipliers[i];
      floats[padded + i] = codes.offsets[i];
    }
    scan_.codes = bytes;
    scan_.multipliers = floats;
    scan_.offsets = floats + padded;
    scan_.rows = rows;
    scan_.dim = dim;
  }

  void MakeRows(const Codes& codes) {
    scan_.rows = codes.rows.size();
    scan_.dim = static_cast<int>(codes.rows[0].size());
    const uint64_t stride = Int8RowStride(scan_.dim);
    codes_ = AlignedBuffer::Create(Int8RowBytes(scan_.rows, scan_.dim, stride))
                 .value();
    floats_ = AlignedBuffer::Create(scan_.rows * sizeof(Int8RowScale)).value();
    uint8_t* bytes = static_cast<uint8_t*>(codes_.data());
    Int8RowScale* scales = static_cast<Int8RowScale*>(floats_.data());
    std::fill_n(bytes, codes_.size(), uint8_t{255});
    for (uint64_t i = 0; i < scan_.rows; ++i) {
      for (size_t j = 0; j < codes.rows[i].size(); ++j) {
        bytes[i * stride + j] = static_cast<uint8_t>(codes.rows[i][j] + 128);
      }
      scales[i] = {codes.multipliers[i], codes.offsets[i]};
    }
    scan_.row_codes = bytes;
    scan_.row_scales = scales;
    scan_.row_stride = stride;
  }

  AlignedBuffer codes_;
  AlignedBuffer floats_;
  Int8ScanTable scan_;
};

std::vector<std::vector<Int8Hit>> ScanTable(const Table& table,
                                            const Codes& codes, size_t k,
                                            absl::Span<const uint64_t> allowed,
                                            uint64_t first_block,
                                            uint64_t last_block) {
  std::vector<Int8Query> queries;
  for (size_t q = 0; q < codes.queries.size(); ++q) {
    queries.push_back({codes.queries[q].data(), codes.offset_factors[q]});
  }
  std::vector<Int8TopK> best(queries.size(), Int8TopK(k));
  ScanInt8(table.scan(), first_block,
           std::min(last_block, Int8Blocks(table.scan().rows)), queries,
           allowed, absl::MakeSpan(best));
  std::vector<std::vector<Int8Hit>> hits;
  for (Int8TopK& top : best) hits.push_back(top.TakeSorted());
  return hits;
}

void ExpectSame(const std::vector<Int8Hit>& actual,
                const std::vector<Int8Hit>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].row, expected[i].row) << "rank " << i;
    ASSERT_EQ(actual[i].score, expected[i].score) << "rank " << i;
  }
}

// The hits with one layout, which those with the other must be as well.
std::vector<std::vector<Int8Hit>> Scan(const Codes& codes, size_t k,
                                       absl::Span<const uint64_t> allowed = {},
                                       uint64_t first_block = 0,
                                       uint64_t last_block = ~uint64_t{0}) {
  const auto hits = ScanTable(Table(codes, /*in_rows=*/false), codes, k,
                              allowed, first_block, last_block);
  const auto others = ScanTable(Table(codes, /*in_rows=*/true), codes, k,
                                allowed, first_block, last_block);
  for (size_t q = 0; q < hits.size(); ++q) ExpectSame(others[q], hits[q]);
  return hits;
}

// The hits among the allowed rows by a list of their numbers.
std::vector<std::vector<Int8Hit>> ScanIds(const Codes& codes, size_t k,
                                          absl::Span<const uint64_t> allowed) {
  std::vector<uint32_t> ids;
  for (uint32_t i = 0; i < codes.rows.size(); ++i) {
    if ((allowed[i / 64] >> (i % 64) & 1) != 0) ids.push_back(i);
  }
  if (ids.empty()) return {codes.queries.size(), std::vector<Int8Hit>()};
  Table table(codes, /*in_rows=*/true);
  table.Choose(ids);
  auto hits = ScanTable(table, codes, k, {}, 0, ~uint64_t{0});
  for (std::vector<Int8Hit>& of_query : hits) {
    for (Int8Hit& hit : of_query) hit.row = ids[hit.row];
  }
  return hits;
}

// Best first. Exact sums in int64, the score rounded once as the header says.
std::vector<Int8Hit> Oracle(const Codes& codes, size_t q, size_t k,
                            absl::Span<const uint64_t> allowed = {}) {
  std::vector<Int8Hit> hits;
  for (size_t i = 0; i < codes.rows.size(); ++i) {
    if (!allowed.empty() && (allowed[i / 64] >> (i % 64) & 1) == 0) continue;
    int64_t dot = 0;
    for (size_t j = 0; j < codes.rows[i].size(); ++j) {
      dot += int64_t{codes.rows[i][j]} * codes.queries[q][j];
    }
    const float offset = codes.offsets[i] * codes.offset_factors[q];
    hits.push_back(
        {std::fma(static_cast<float>(dot), codes.multipliers[i], offset),
         static_cast<uint32_t>(i)});
  }
  std::stable_sort(
      hits.begin(), hits.end(),
      [](const Int8Hit& a, const Int8Hit& b) { return a.score > b.score; });
  hits.resize(std::min(hits.size(), k));
  return hits;
}

class Int8ScanTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, Int8ScanTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(Int8ScanTest, MatchesIntegerSumsForAllShapes) {
  for (const int dim : {1, 3, 4, 5, 15, 16, 17, 63, 64, 65, 100, 128, 300}) {
    for (const uint64_t rows : {1, 15, 16, 17, 33, 1000}) {
      const Codes codes = MakeCodes(rows, dim, 3, 0);
      for (const size_t k : {uint64_t{1}, uint64_t{7}, rows}) {
        SCOPED_TRACE(testing::Message()
                     << "dim " << dim << " rows " << rows << " k " << k);
        const auto hits = Scan(codes, k);
        for (size_t q = 0; q < 3; ++q) {
          ExpectSame(hits[q], Oracle(codes, q, k));
        }
      }
    }
  }
}

TEST_P(Int8ScanTest, MatchesForEveryNumberOfQueries) {
  for (uint64_t queries = 1; queries <= 30; ++queries) {
    const Codes codes = MakeCodes(333, 20, queries, 0);
    const auto hits = Scan(codes, 10);
    for (size_t q = 0; q < queries; ++q) {
      SCOPED_TRACE(testing::Message() << q << " of " << queries);
      ExpectSame(hits[q], Oracle(codes, q, 10));
    }
  }
}

// 127 * 127 * 4096 is the largest sum allowed; bytes must not saturate.
TEST_P(Int8ScanTest, ExtremeCodesDoNotOverflow) {
  const Codes codes = MakeCodes(40, kInt8MaxDim, 13, 1);
  const auto hits = Scan(codes, 40);
  for (size_t q = 0; q < 13; ++q) ExpectSame(hits[q], Oracle(codes, q, 40));
  const float largest = 127.0f * 127.0f * kInt8MaxDim;
  EXPECT_GE(Oracle(codes, 0, 40)[0].score, largest * codes.multipliers[0]);
}

TEST_P(Int8ScanTest, EqualScoresKeepTheSmallerRow) {
  Codes codes = MakeCodes(500, 16, 5, 0);
  for (size_t i = 0; i < codes.rows.size(); ++i) {
    codes.rows[i] = codes.rows[i % 3];
    codes.multipliers[i] = 1;
    codes.offsets[i] = 0;
  }
  for (const size_t k : {1, 10, 200, 499}) {
    const auto hits = Scan(codes, k);
    for (size_t q = 0; q < 5; ++q) ExpectSame(hits[q], Oracle(codes, q, k));
  }
}

void CheckAllowedRows(const Codes& codes) {
  const uint64_t rows = codes.rows.size();
  for (const uint32_t one_in : {1, 2, 10, 100}) {
    Philox random(1, RandomPurpose::kTest, 9, rows * 100 + one_in);
    std::vector<uint64_t> allowed((rows + 63) / 64);
    for (uint64_t i = 0; i < rows; ++i) {
      allowed[i / 64] |= uint64_t{random.Below(one_in) == 0} << (i % 64);
    }
    const auto hits = Scan(codes, 10, allowed);
    const auto gathered = ScanIds(codes, 10, allowed);
    for (size_t q = 0; q < codes.queries.size(); ++q) {
      const std::vector<Int8Hit> expected = Oracle(codes, q, 10, allowed);
      ExpectSame(hits[q], expected);
      ExpectSame(gathered[q], expected);
    }
  }
  const std::vector<uint64_t> none((rows + 63) / 64);
  EXPECT_TRUE(Scan(codes, 10, none)[0].empty());
}

TEST_P(Int8ScanTest, ScoresOnlyAllowedRows) {
  for (const uint64_t rows : {1, 17, 64, 65, 1000}) {
    CheckAllowedRows(MakeCodes(rows, 24, 13, 0));
    CheckAllowedRows(MakeCodes(rows, 24, 1, 0));
  }
}

TEST_P(Int8ScanTest, PartsOfTheTableMergeToTheWhole) {
  const Codes codes = MakeCodes(1000, 12, 2, 0);
  const auto whole = Scan(codes, 25);
  for (const uint64_t cut : {0, 1, 7, 32, 63}) {
    const auto low = Scan(codes, 25, {}, 0, cut);
    const auto high = Scan(codes, 25, {}, cut);
    for (size_t q = 0; q < 2; ++q) {
      Int8TopK first(25);
      Int8TopK second(25);
      for (const Int8Hit& hit : high[q]) first.Push(hit.score, hit.row);
      for (const Int8Hit& hit : low[q]) second.Push(hit.score, hit.row);
      first.Merge(second);
      ExpectSame(first.TakeSorted(), whole[q]);
    }
  }
}

TEST_P(Int8ScanTest, PassesOverScoresThatAreNoNumbers) {
  Codes codes = MakeCodes(50, 8, 2, 0);
  codes.multipliers[3] = std::numeric_limits<float>::quiet_NaN();
  codes.offsets[40] = std::numeric_limits<float>::quiet_NaN();
  const auto hits = Scan(codes, 50);
  ASSERT_EQ(hits[0].size(), 48u);
  for (const Int8Hit& hit : hits[0]) {
    EXPECT_NE(hit.row, 3u);
    EXPECT_NE(hit.row, 40u);
  }
}

}  // namespace int8_scan_test
}  // namespace embed
