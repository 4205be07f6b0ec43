#include "apps/common/format_flag.h"

#include <gflags/gflags.h>

DEFINE_string(output_format, "tsv",
              "tsv, or json: an object for each line of results");

namespace embed {

const std::string& OutputFormatFlag() { return FLAGS_output_format; }

}  // namespace embed
