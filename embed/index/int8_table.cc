#include "embed/index/int8_table.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/aligned_buffer.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/rotation.h"

namespace embed {
namespace {

constexpr uint64_t kMaxRows = uint64_t{1} << 31;
constexpr uintptr_t kAlignment = 64;
constexpr int kCodeOffset = 128;  // stored = code + 128

// The memory of a table that was built here.
struct Storage {
  AlignedBuffer codes;
  AlignedBuffer factors;  // multipliers, then weights
  Int8CodecParts codec;
};

uint64_t PaddedRows(uint64_t rows) { return Int8Blocks(rows) * kInt8BlockRows; }

absl::Status CheckShape(uint64_t rows, int dim) {
  if (rows < 1 || rows > kMaxRows) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an 8-bit table of ", rows, " rows, expected 1 to ", kMaxRows));
  }
  if (dim < 1 || dim > kInt8MaxDim) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an 8-bit table of dim ", dim, ", expected 1 to ", kInt8MaxDim));
  }
  return absl::OkStatus();
}

// Encodes the rows of blocks [begin, end).
void EncodeBlocks(const MatrixView& vectors, uint64_t begin, uint64_t end,
                  Storage* storage) {
  const Int8Codec codec = storage->codec.codec();
  const int dim = vectors.dim;
  uint8_t* bytes = static_cast<uint8_t*>(storage->codes.data());
  float* multipliers = static_cast<float*>(storage->factors.data());
  float* weights = multipliers + PaddedRows(vectors.rows);
  std::vector<float> unit(dim);
  std::vector<int8_t> codes(dim);
  const uint64_t block_bytes = Int8CodeBytes(kInt8BlockRows, dim);
  std::memset(bytes + begin * block_bytes, kCodeOffset,
              (end - begin) * block_bytes);
  const uint64_t last = std::min(vectors.rows, end * kInt8BlockRows);
  for (uint64_t row = begin * kInt8BlockRows; row < last; ++row) {
    // Zero rows keep the zeros of fresh memory.
    if (!codec.ToUnit(vectors.row(row), absl::MakeSpan(unit))) continue;
    const Int8RowFactors factors =
        EncodeInt8Row(codec, unit, absl::MakeSpan(codes));
    multipliers[row] = factors.multiplier;
    weights[row] = factors.weight;
    for (int j = 0; j < dim; ++j) {
      bytes[Int8CodeIndex(row, j, dim)] =
          static_cast<uint8_t>(codes[j] + kCodeOffset);
    }
  }
}

bool AllFinite(absl::Span<const float> values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

bool IsAligned(const void* data) {
  return reinterpret_cast<uintptr_t>(data) % kAlignment == 0;
}

}  // namespace

absl::StatusOr<Int8Table> Int8Table::Build(const MatrixView& vectors,
                                           const Int8TableOptions& options) {
  EMBED_RETURN_IF_ERROR(CheckShape(vectors.rows, vectors.dim));
  const int threads = options.threads;
  const std::optional<uint64_t> bad = FirstNonFiniteRow(vectors, threads);
  if (bad.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("row ", *bad, " has a value that is not a finite number"));
  }
  auto storage = std::make_shared<Storage>();
  const uint64_t padded = PaddedRows(vectors.rows);
  EMBED_ASSIGN_OR_RETURN(storage->codes, AlignedBuffer::Create(Int8CodeBytes(
                                             vectors.rows, vectors.dim)));
  EMBED_ASSIGN_OR_RETURN(storage->factors,
                         AlignedBuffer::Create(2 * padded * sizeof(float)));
  storage->codec =
      FitInt8Codec(vectors, options.rotation, options.seed, threads);
  ParallelFor(threads, Int8Blocks(vectors.rows),
              [&](uint64_t begin, uint64_t end) {
                EncodeBlocks(vectors, begin, end, storage.get());
              });
  const float* factors = static_cast<const float*>(storage->factors.data());
  Parts parts;
  parts.rows = vectors.rows;
  parts.dim = vectors.dim;
  parts.codes = {static_cast<const uint8_t*>(storage->codes.data()),
                 storage->codes.size()};
  parts.multipliers = {factors, padded};
  parts.weights = {factors + padded, padded};
  parts.mean = storage->codec.mean;
  parts.rotation = storage->codec.rotation;
  return Int8Table(parts, std::move(storage));
}

absl::StatusOr<Int8Table> Int8Table::FromParts(
    const Parts& parts, std::shared_ptr<const void> owner) {
  EMBED_RETURN_IF_ERROR(CheckShape(parts.rows, parts.dim));
  const uint64_t dim = static_cast<uint64_t>(parts.dim);
  const uint64_t padded = PaddedRows(parts.rows);
  if (parts.codes.size() != Int8CodeBytes(parts.rows, parts.dim) ||
      parts.multipliers.size() != padded || parts.weights.size() != padded ||
      parts.mean.size() != dim ||
      (!parts.rotation.empty() && parts.rotation.size() != dim * dim)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the parts of an 8-bit table do not fit ", parts.rows,
                     " rows of dim ", dim));
  }
  if (!IsAligned(parts.codes.data()) || !IsAligned(parts.multipliers.data()) ||
      !IsAligned(parts.weights.data())) {
    return absl::InvalidArgumentError(
        "the parts of an 8-bit table are not 64-byte aligned");
  }
  if (!AllFinite(parts.mean) || !AllFinite(parts.rotation)) {
    return absl::InvalidArgumentError(
        "mean or rotation of an 8-bit table is not finite");
  }
  return Int8Table(parts, std::move(owner));
}

void Int8Table::Row(uint64_t id, absl::Span<float> out) const {
  EMBED_DCHECK(id < rows() && out.size() == parts_.mean.size());
  std::vector<float> turned(rotated() ? dim() : 0);
  const absl::Span<float> row = rotated() ? absl::MakeSpan(turned) : out;
  for (int j = 0; j < dim(); ++j) {
    const int code = parts_.codes[Int8CodeIndex(id, j, dim())] - kCodeOffset;
    row[j] = static_cast<float>(double{parts_.weights[id]} * parts_.mean[j] +
                                double{parts_.multipliers[id]} * code);
  }
  if (rotated()) RotateBack(parts_.rotation, turned, out);
}

}  // namespace embed
