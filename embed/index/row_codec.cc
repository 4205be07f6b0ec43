#include "embed/index/row_codec.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace embed {
namespace {

constexpr RowCodec kCodecs[] = {
    RowCodec::kInt8,   RowCodec::kInt8Plain, RowCodec::kInt8Pow2,
    RowCodec::kUint8,  RowCodec::kInt8Sat,   RowCodec::kInt4,
    RowCodec::kFaiss8, RowCodec::kF16,       RowCodec::kF32};

}  // namespace

absl::Span<const RowCodec> AllRowCodecs() { return kCodecs; }

absl::string_view RowCodecName(RowCodec codec) {
  switch (codec) {
    case RowCodec::kInt8:
      return "int8";
    case RowCodec::kInt8Plain:
      return "int8_plain";
    case RowCodec::kInt8Pow2:
      return "int8_pow2";
    case RowCodec::kUint8:
      return "uint8";
    case RowCodec::kInt8Sat:
      return "int8_sat";
    case RowCodec::kInt4:
      return "int4";
    case RowCodec::kFaiss8:
      return "faiss8";
    case RowCodec::kF16:
      return "f16";
    case RowCodec::kF32:
      return "f32";
  }
  return "";
}

absl::StatusOr<RowCodec> RowCodecFromName(absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const RowCodec codec : kCodecs) {
    if (RowCodecName(codec) == name) return codec;
    names.push_back(RowCodecName(codec));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name, "\" is none of ", absl::StrJoin(names, ", ")));
}

bool IsIntegerCodec(RowCodec codec) {
  return codec != RowCodec::kF16 && codec != RowCodec::kF32;
}

uint64_t RowCodecBytes(RowCodec codec, int dim) {
  const uint64_t columns = static_cast<uint64_t>(dim);
  switch (codec) {
    case RowCodec::kInt8:
    case RowCodec::kInt8Plain:
      return columns + 4;  // a float32 step
    case RowCodec::kInt8Pow2:
      return columns + 1;  // an exponent
    case RowCodec::kUint8:
      return columns + 5;  // a float32 step, a zero
    case RowCodec::kInt8Sat:
    case RowCodec::kFaiss8:
      return columns;
    case RowCodec::kInt4:
      return (columns + 1) / 2 + 4;  // two codes a byte, a float32 step
    case RowCodec::kF16:
      return 2 * columns;
    case RowCodec::kF32:
      return 4 * columns;
  }
  return 0;
}

}  // namespace embed
