#include "apps/common/codec_flag.h"

#include <gflags/gflags.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "apps/common/command_line.h"
#include "embed/index/row_coder.h"

DECLARE_string(codec);

namespace embed {

std::string CodecListText(absl::string_view text) {
  std::vector<absl::string_view> names;
  for (const RowCodec codec : AllRowCodecs()) {
    names.push_back(RowCodecName(codec));
  }
  return absl::StrCat(
      text, ", separated by commas: ", absl::StrJoin(names, ", "), "; or all");
}

absl::StatusOr<std::vector<RowCodec>> ReadCodecList(Metric metric) {
  std::vector<RowCodec> codecs;
  if (FLAGS_codec == "all") {
    for (const RowCodec codec : AllRowCodecs()) {
      if (CheckCodecMetric(codec, metric).ok()) codecs.push_back(codec);
    }
    return codecs;
  }
  for (const absl::string_view name : absl::StrSplit(FLAGS_codec, ',')) {
    const absl::StatusOr<RowCodec> codec = RowCodecFromName(name);
    if (!codec.ok()) {
      return UsageError(
          absl::StrCat("--codec: ", codec.status().message(), ", or all"));
    }
    const absl::Status usable = CheckCodecMetric(*codec, metric);
    if (!usable.ok()) {
      return UsageError(absl::StrCat("--codec: ", usable.message()));
    }
    codecs.push_back(*codec);
  }
  return codecs;
}

}  // namespace embed
