// --codec where it is a list: codecs (embed/index/row_codec.h) to compare.
#ifndef EMBED_APPS_COMMON_CODEC_FLAG_H_
#define EMBED_APPS_COMMON_CODEC_FLAG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/index/row_codec.h"
#include "embed/math/metric.h"

namespace embed {

// `text`, then how the codecs are named and which there are, for --help.
std::string CodecListText(absl::string_view text);

// The codecs of --codec: "all" are those that can rank by the metric.
// UsageError: an unknown name, one that cannot.
absl::StatusOr<std::vector<RowCodec>> ReadCodecList(Metric metric);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_CODEC_FLAG_H_
