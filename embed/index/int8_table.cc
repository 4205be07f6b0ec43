#include "embed/index/int8_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/aligned_buffer.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/int8_storage.h"
#include "embed/index/rotation.h"
#include "embed/index/row_coder.h"
#include "embed/kernels/half_rows.h"

namespace embed {
namespace {

constexpr uint64_t kMaxRows = uint64_t{1} << 31;
constexpr uintptr_t kTableAlignment = 64;

// The memory of a table that was built here.
struct Storage {
  Int8Storage rows;
  AlignedBuffer f16;  // empty if not kept
  std::unique_ptr<RowCoder> coder;
};

uint64_t HalvesPerRow(int dim) { return Int8Groups(dim) * kInt8GroupColumns; }

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

absl::Status CheckVectors(const MatrixView& vectors, int threads) {
  EMBED_RETURN_IF_ERROR(CheckShape(vectors.rows, vectors.dim));
  const std::optional<uint64_t> bad = FirstNonFiniteRow(vectors, threads);
  if (!bad.has_value()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("row ", *bad, " has a value that is not a finite number"));
}

// Writes a row in float16; returns its distance to what its codes stand for.
double EncodeHalves(const Int8Codec& codec, absl::Span<const float> unit,
                    const Int8RowFactors& factors,
                    absl::Span<const int8_t> codes, uint16_t* halves) {
  double squared = 0;
  for (size_t j = 0; j < unit.size(); ++j) {
    halves[j] = FloatToHalf(unit[j]);
    const double decoded = double{factors.weight} * codec.mean[j] +
                           double{factors.multiplier} * codes[j];
    const double error = HalfToFloat(halves[j]) - decoded;
    squared += error * error;
  }
  return std::sqrt(squared);
}

// Encodes the rows of blocks [begin, end); returns the largest distance of one
// in float16 to its codes.
double EncodeBlocks(const MatrixView& vectors, uint64_t begin, uint64_t end,
                    Storage* storage) {
  const Int8Codec codec = storage->coder->parts().codec();
  const int dim = vectors.dim;
  uint16_t* halves = static_cast<uint16_t*>(storage->f16.data());
  double largest = 0;
  std::vector<float> unit(dim);
  std::vector<int8_t> codes(dim);
  const uint64_t group_stride = storage->rows.parts().group_stride();
  const uint64_t last = std::min(vectors.rows, end * kInt8BlockRows);
  storage->rows.Clear(begin * kInt8BlockRows, last);
  for (uint64_t row = begin * kInt8BlockRows; row < last; ++row) {
    const Int8RowFactors factors =
        storage->coder->Encode(vectors.row(row), absl::MakeSpan(codes));
    storage->rows.SetFactors(row, factors.multiplier, factors.weight);
    uint8_t* bytes = storage->rows.RowCodes(row);
    for (uint64_t j = 0; j < codes.size(); ++j) {
      bytes[j / kInt8GroupColumns * group_stride + j % kInt8GroupColumns] =
          static_cast<uint8_t>(codes[j] + kInt8CodeOffset);
    }
    if (halves == nullptr) continue;
    codec.ToUnit(vectors.row(row), absl::MakeSpan(unit));
    largest = std::max(largest, EncodeHalves(codec, unit, factors, codes,
                                             halves + row * HalvesPerRow(dim)));
  }
  return largest;
}

// The codec with an exponent that no row is too long for.
Int8Codec CodecFor(Int8Codec codec, const MatrixView& vectors) {
  if (codec.metric == Metric::kCosine) return codec;
  double longest = 0;
  for (uint64_t i = 0; i < vectors.rows; ++i) {
    longest = std::max(longest, codec.Length(vectors.row(i)));
  }
  if (longest > 0) {
    codec.exponent = std::max(codec.exponent, ExponentOf(longest));
  }
  return codec;
}

// Rounding of the length of a float16 row, and of the distance itself.
constexpr double kHalfRounding = 1e-3;

bool AllFinite(absl::Span<const float> values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

bool IsAligned(const void* data) {
  return reinterpret_cast<uintptr_t>(data) % kTableAlignment == 0;
}

// Whether codes and factors have the sizes of their layout.
bool RowsFit(const Int8Table::Parts& parts) {
  const uint64_t rows = parts.rows;
  if (parts.in_rows()) {
    return parts.row_stride >= static_cast<uint64_t>(parts.dim) &&
           parts.row_stride <= Int8ReadBytes(parts.dim) &&
           parts.codes.size() ==
               Int8RowBytes(rows, parts.dim, parts.row_stride) &&
           parts.scales.size() == rows;
  }
  return parts.codes.size() == Int8CodeBytes(rows, parts.dim) &&
         parts.multipliers.size() == PaddedRows(rows) &&
         parts.weights.size() == PaddedRows(rows);
}

}  // namespace

absl::StatusOr<Int8Table> Int8Table::Build(const MatrixView& vectors,
                                           const Int8TableOptions& options) {
  EMBED_RETURN_IF_ERROR(CheckVectors(vectors, options.threads));
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<RowCoder> coder,
                         FitRowCoder(vectors, options));
  if (options.keep_f16 &&
      (options.codec != RowCodec::kInt8 || options.metric != Metric::kCosine)) {
    return absl::InvalidArgumentError(
        "rows in float16 go with the codec int8 and the metric cosine only");
  }
  return Encode(
      vectors, std::move(coder),
      {options.codec, options.keep_f16, options.layout, options.threads});
}

absl::StatusOr<Int8Table> Int8Table::BuildLike(const Int8Table& like,
                                               const MatrixView& vectors,
                                               int threads) {
  EMBED_DCHECK(vectors.dim == like.dim());
  EMBED_RETURN_IF_ERROR(CheckVectors(vectors, threads));
  if (like.row_codec() != RowCodec::kInt8) {
    return absl::InvalidArgumentError(
        absl::StrCat("rows cannot be added to a table of codec ",
                     RowCodecName(like.row_codec()),
                     ", only of int8; make the index anew with that codec"));
  }
  return Encode(
      vectors, Int8CoderOf(CodecFor(like.codec(), vectors)),
      {RowCodec::kInt8, like.has_f16(), Int8Layout::kBlocks, threads});
}

absl::StatusOr<Int8Table> Int8Table::Encode(const MatrixView& vectors,
                                            std::unique_ptr<RowCoder> coder,
                                            const Encoding& encoding) {
  auto storage = std::make_shared<Storage>();
  EMBED_ASSIGN_OR_RETURN(
      storage->rows,
      Int8Storage::Create(vectors.rows, vectors.dim, encoding.layout));
  storage->coder = std::move(coder);
  if (encoding.keep_f16) {
    EMBED_ASSIGN_OR_RETURN(
        storage->f16,
        AlignedBuffer::Create(vectors.rows * HalvesPerRow(vectors.dim) *
                              sizeof(uint16_t)));
  }
  double largest = 0;
  std::mutex mutex;
  ParallelFor(encoding.threads, Int8Blocks(vectors.rows),
              [&](uint64_t begin, uint64_t end) {
                const double part =
                    EncodeBlocks(vectors, begin, end, storage.get());
                const std::lock_guard<std::mutex> lock(mutex);
                largest = std::max(largest, part);
              });
  Parts parts = storage->rows.parts();
  const Int8CodecParts& codec = storage->coder->parts();
  parts.mean = codec.mean;
  parts.rotation = codec.rotation;
  parts.metric = codec.metric;
  parts.exponent = codec.exponent;
  parts.codec = encoding.codec;
  if (encoding.keep_f16) {
    parts.f16 = {static_cast<const uint16_t*>(storage->f16.data()),
                 storage->f16.size() / sizeof(uint16_t)};
    parts.f16_error = largest + kHalfRounding;
  }
  return Int8Table(parts, std::move(storage));
}

absl::StatusOr<Int8Table> Int8Table::FromParts(
    const Parts& parts, std::shared_ptr<const void> owner) {
  EMBED_RETURN_IF_ERROR(CheckShape(parts.rows, parts.dim));
  const uint64_t dim = static_cast<uint64_t>(parts.dim);
  if (!RowsFit(parts) || parts.mean.size() != dim ||
      (!parts.rotation.empty() && parts.rotation.size() != dim * dim) ||
      (!parts.f16.empty() &&
       parts.f16.size() != parts.rows * HalvesPerRow(parts.dim))) {
    return absl::InvalidArgumentError(
        absl::StrCat("the parts of an 8-bit table do not fit ", parts.rows,
                     " rows of dim ", dim));
  }
  if (!IsAligned(parts.codes.data()) || !IsAligned(parts.multipliers.data()) ||
      !IsAligned(parts.weights.data()) || !IsAligned(parts.scales.data())) {
    return absl::InvalidArgumentError(
        "the parts of an 8-bit table are not 64-byte aligned");
  }
  if (std::abs(parts.exponent) > kInt8MaxExponent ||
      (parts.metric == Metric::kCosine && parts.exponent != 0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an 8-bit table cannot have the exponent ", parts.exponent));
  }
  if (!AllFinite(parts.mean) || !AllFinite(parts.rotation)) {
    return absl::InvalidArgumentError(
        "mean or rotation of an 8-bit table is not finite");
  }
  if (!parts.f16.empty() &&
      (parts.codec != RowCodec::kInt8 || parts.metric != Metric::kCosine)) {
    return absl::InvalidArgumentError(
        "an 8-bit table has rows in float16 that are not of int8 by cosine");
  }
  if (!(parts.f16_error >= 0 && std::isfinite(parts.f16_error))) {
    return absl::InvalidArgumentError(
        "the error of an 8-bit table's float16 rows is not a finite number of "
        "at least 0");
  }
  return Int8Table(parts, std::move(owner));
}

Int8ScanTable Int8Table::scan_table() const {
  Int8ScanTable table;
  table.rows = parts_.rows;
  table.dim = parts_.dim;
  if (parts_.in_rows()) {
    table.row_codes = parts_.codes.data();
    table.row_scales = parts_.scales.data();
    table.row_stride = parts_.row_stride;
  } else {
    table.codes = parts_.codes.data();
    table.multipliers = parts_.multipliers.data();
    table.offsets = parts_.weights.data();
  }
  return table;
}

void Int8Table::Row(uint64_t id, absl::Span<float> out) const {
  EMBED_DCHECK(id < rows() && out.size() == parts_.mean.size());
  const bool l2 = metric() == Metric::kL2;
  std::vector<float> turned(rotated() ? dim() : 0);
  const absl::Span<float> row = rotated() ? absl::MakeSpan(turned) : out;
  if (has_f16()) {
    const uint16_t* halves = parts_.f16.data() + id * HalvesPerRow(dim());
    double squared = 0;
    for (int j = 0; j < dim(); ++j) {
      const double number = HalfToFloat(halves[j]);
      squared += number * number;
    }
    const double scale = squared > 0 ? 1 / std::sqrt(squared) : 0;
    for (int j = 0; j < dim(); ++j) {
      row[j] = static_cast<float>(HalfToFloat(halves[j]) * scale);
    }
    if (rotated()) RotateBack(parts_.rotation, turned, out);
    return;
  }
  const uint8_t* codes = parts_.RowCodes(id);
  const double multiplier = parts_.multiplier(id);
  const double weight = l2 ? 0 : parts_.weight(id);
  for (uint64_t j = 0; j < row.size(); ++j) {
    const int code = codes[j / kInt8GroupColumns * parts_.group_stride() +
                           j % kInt8GroupColumns] -
                     kInt8CodeOffset;
    const double center = l2 ? 0 : weight * parts_.mean[j];
    row[j] = static_cast<float>(center + multiplier * code);
  }
  if (rotated()) RotateBack(parts_.rotation, turned, out);
  if (metric() == Metric::kCosine) return;
  constexpr double kLargest = std::numeric_limits<float>::max();
  for (int j = 0; j < dim(); ++j) {
    const double value =
        std::ldexp(double{out[j]}, parts_.exponent) + (l2 ? parts_.mean[j] : 0);
    out[j] = static_cast<float>(std::clamp(value, -kLargest, kLargest));
  }
}

}  // namespace embed
