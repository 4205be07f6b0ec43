#include "embed/model/embedding_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/checked_math.h"
#include "embed/base/parallel.h"
#include "embed/base/philox.h"
#include "embed/base/status_macros.h"
#include "embed/model/vocabulary.h"

namespace embed {

uint64_t EmbeddingTable::BytesFor(uint64_t rows, int dim) {
  return SaturatingMultiply(
      rows, RoundUp(static_cast<uint64_t>(dim), kRowAlignment) * sizeof(float));
}

absl::StatusOr<EmbeddingTable> EmbeddingTable::Create(uint64_t rows, int dim) {
  if (dim < 1 || dim > kMaxDim) {
    return absl::InvalidArgumentError(
        absl::StrCat("dim is ", dim, ", expected 1 to ", kMaxDim));
  }
  if (rows > Vocabulary::kMaxSize) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a table of ", rows, " rows; at most ", Vocabulary::kMaxSize));
  }
  EmbeddingTable table;
  EMBED_ASSIGN_OR_RETURN(table.buffer_,
                         AlignedBuffer::Create(BytesFor(rows, dim)));
  table.rows_ = rows;
  table.dim_ = dim;
  table.stride_ = RoundUp(static_cast<uint64_t>(dim), kRowAlignment);
  return table;
}

absl::Status EmbeddingTable::Resize(uint64_t rows) {
  if (rows > rows_) {
    EMBED_ASSIGN_OR_RETURN(EmbeddingTable larger, Create(rows, dim_));
    if (rows_ > 0) std::memcpy(larger.data(), data(), bytes());
    *this = std::move(larger);
  }
  rows_ = rows;
  return absl::OkStatus();
}

void EmbeddingTable::FillUniform(float radius, uint64_t seed, int threads) {
  ParallelFor(threads, rows_, [&](uint64_t begin, uint64_t end) {
    for (uint64_t r = begin; r < end; ++r) {
      Philox random(seed, RandomPurpose::kInitialRows, 0, r);
      float* values = row(r);
      for (int column = 0; column < dim_; ++column) {
        // 24 bits are what a float32 in [0, 1) holds evenly spaced.
        const float unit =
            static_cast<float>(random.Next32() >> 8) * 0x1.0p-24f;
        values[column] = (2 * unit - 1) * radius;
      }
    }
  });
}

void EmbeddingTable::FillZero(int threads) {
  ParallelFor(threads, rows_, [&](uint64_t begin, uint64_t end) {
    std::fill(row(begin), row(begin) + (end - begin) * stride_, 0.0f);
  });
}

}  // namespace embed
