#include "embed/index/row_coder.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/faiss8_codec.h"
#include "embed/index/saturation.h"
#include "embed/index/symmetric_codes.h"
#include "embed/index/zero_point_codes.h"

namespace embed {
namespace {

// The codec of int8_codec.h.
class CenteredCoder : public RowCoder {
 public:
  explicit CenteredCoder(Int8CodecParts parts) : RowCoder(std::move(parts)) {}

  Int8RowFactors Encode(absl::Span<const float> x,
                        absl::Span<int8_t> codes) const override {
    return EncodeInt8(parts().codec(), x, codes);
  }
};

class Faiss8Coder : public RowCoder {
 public:
  explicit Faiss8Coder(Faiss8Codec codec)
      : RowCoder(codec.parts), codec_(std::move(codec)) {}

  Int8RowFactors Encode(absl::Span<const float> x,
                        absl::Span<int8_t> codes) const override {
    std::vector<float> unit(x.size());
    const bool nonzero = parts().codec().ToUnit(x, absl::MakeSpan(unit));
    EncodeFaiss8Row(codec_, unit, codes);
    if (!nonzero) return {};
    return {codec_.step, 1};
  }

 private:
  const Faiss8Codec codec_;
};

// The codecs that only look at the numbers of a row, and int8_sat.
class PlainCoder : public RowCoder {
 public:
  // step: of int8_sat.
  PlainCoder(RowCodec codec, Int8CodecParts parts, float step)
      : RowCoder(std::move(parts)), codec_(codec), step_(step) {}

  Int8RowFactors Encode(absl::Span<const float> x,
                        absl::Span<int8_t> codes) const override {
    std::vector<float> y(x.size());
    const Int8Codec codec = parts().codec();
    if (codec.metric != Metric::kCosine) {
      codec.ToAxes(x, codec.exponent, absl::MakeSpan(y));
    } else {
      codec.ToUnit(x, absl::MakeSpan(y));
    }
    Int8RowFactors factors = EncodeNumbers(y, codes);
    if (codec.metric == Metric::kDot) return factors;
    double squared = 0;
    for (size_t j = 0; j < y.size(); ++j) {
      const double value = double{factors.weight} * codec.mean[j] +
                           double{factors.multiplier} * codes[j];
      squared += value * value;
    }
    if (codec.metric == Metric::kL2) {
      factors.weight = static_cast<float>(-0.5 * squared);
    } else if (squared > 0) {
      const double scale = 1 / std::sqrt(squared);
      factors.multiplier = static_cast<float>(factors.multiplier * scale);
      factors.weight = static_cast<float>(factors.weight * scale);
    } else {
      factors = {};
    }
    return factors;
  }

 private:
  Int8RowFactors EncodeNumbers(absl::Span<const float> y,
                               absl::Span<int8_t> codes) const {
    switch (codec_) {
      case RowCodec::kInt8Pow2:
        return {EncodePowerOfTwo(y, codes), 0};
      case RowCodec::kInt4:
        return {EncodeInt4(y, codes), 0};
      case RowCodec::kInt8Sat:
        EncodeSaturating(y, step_, codes);
        return {step_, 0};
      case RowCodec::kUint8: {
        const ZeroPointStep zero_point = EncodeZeroPoint(y, codes);
        // step (code - zero) = step written code + step (128 - zero)
        return {zero_point.step,
                zero_point.step * static_cast<float>(128 - zero_point.zero)};
      }
      default:
        return {EncodePlain(y, codes), 0};
    }
  }

  const RowCodec codec_;
  const float step_;
};

// Calls visit with each row as PlainCoder rounds it.
template <typename Visitor>
void VisitRows(const MatrixView& vectors, const Int8Codec& codec,
               const Visitor& visit) {
  std::vector<float> y(static_cast<size_t>(vectors.dim));
  for (uint64_t i = 0; i < vectors.rows; ++i) {
    if (codec.metric == Metric::kCosine) {
      codec.ToUnit(vectors.row(i), absl::MakeSpan(y));
    } else {
      codec.ToAxes(vectors.row(i), codec.exponent, absl::MakeSpan(y));
    }
    visit(y);
  }
}

// The step of int8_sat.
float FitSaturatingStep(const MatrixView& vectors, const Int8Codec& codec) {
  float largest = 0;
  VisitRows(vectors, codec, [&](absl::Span<const float> y) {
    for (const float value : y) largest = std::max(largest, std::abs(value));
  });
  if (largest == 0) return 1;  // all rows are zero
  std::vector<uint64_t> histogram(kSaturationBins);
  const double bins = static_cast<double>(kSaturationBins);
  VisitRows(vectors, codec, [&](absl::Span<const float> y) {
    for (const float value : y) {
      const double bin = std::abs(double{value}) / largest * bins;
      ++histogram[std::min(static_cast<size_t>(bin), kSaturationBins - 1)];
    }
  });
  const double threshold =
      SaturationThreshold(histogram, kSaturationLevels) / bins * largest;
  return static_cast<float>(threshold / 127);
}

std::unique_ptr<RowCoder> FitPlainCoder(const MatrixView& vectors,
                                        const Int8TableOptions& options) {
  Int8CodecParts parts;
  parts.metric = options.metric;
  parts.mean.assign(static_cast<size_t>(vectors.dim),
                    options.codec == RowCodec::kUint8 ? 1.0f : 0.0f);
  parts.exponent = TableExponent(parts.codec(), vectors, options.threads);
  const float step = options.codec == RowCodec::kInt8Sat
                         ? FitSaturatingStep(vectors, parts.codec())
                         : 0;
  return std::make_unique<PlainCoder>(options.codec, std::move(parts), step);
}

absl::Status Refused(RowCodec codec, Metric metric, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "codec ", RowCodecName(codec), " by ", MetricName(metric), ": ", why));
}

}  // namespace

std::unique_ptr<RowCoder> Int8CoderOf(const Int8Codec& codec) {
  Int8CodecParts parts;
  parts.mean.assign(codec.mean.begin(), codec.mean.end());
  parts.rotation.assign(codec.rotation.begin(), codec.rotation.end());
  parts.metric = codec.metric;
  parts.exponent = codec.exponent;
  return std::make_unique<CenteredCoder>(std::move(parts));
}

absl::Status CheckCodecMetric(RowCodec codec, Metric metric) {
  if (codec == RowCodec::kFaiss8 && metric != Metric::kCosine) {
    return Refused(codec, metric, "it holds unit vectors; use cosine");
  }
  if (codec == RowCodec::kUint8 && metric == Metric::kL2) {
    return Refused(codec, metric,
                   "a row has no room for both a zero point and a length; "
                   "use int8, or cosine or dot");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<RowCoder>> FitRowCoder(
    const MatrixView& vectors, const Int8TableOptions& options) {
  EMBED_RETURN_IF_ERROR(CheckCodecMetric(options.codec, options.metric));
  switch (options.codec) {
    case RowCodec::kInt8:
      return std::make_unique<CenteredCoder>(
          FitInt8Codec(vectors, options.rotation, options.seed, options.threads,
                       options.metric));
    case RowCodec::kFaiss8:
      return std::make_unique<Faiss8Coder>(FitFaiss8Codec(
          vectors, options.rotation, options.seed, options.threads));
    case RowCodec::kF16:
    case RowCodec::kF32:
      return Refused(options.codec, options.metric,
                     "its numbers are not whole");
    default:
      return FitPlainCoder(vectors, options);
  }
}

}  // namespace embed
