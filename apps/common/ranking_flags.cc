#include "apps/common/ranking_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/common/command_line.h"
#include "embed/eval/random_order.h"

DEFINE_string(cutoffs, "1,10,100", "lengths of the lists of nearest keys");
DEFINE_uint64(queries, 0, "keys to ask for, drawn at random; 0: all");
DECLARE_uint64(seed);

namespace embed {

absl::StatusOr<std::vector<uint64_t>> ReadCutoffs() {
  std::vector<uint64_t> cutoffs;
  for (const absl::string_view field : absl::StrSplit(FLAGS_cutoffs, ',')) {
    uint64_t cutoff = 0;
    if (!absl::SimpleAtoi(field, &cutoff) || cutoff == 0) {
      return UsageError(absl::StrCat("--cutoffs: \"", field, "\" in \"",
                                     FLAGS_cutoffs,
                                     "\" is no whole number of at least 1"));
    }
    cutoffs.push_back(cutoff);
  }
  return cutoffs;
}

std::vector<uint32_t> SampleQueries(uint32_t size) {
  return RandomSample(size, FLAGS_queries, FLAGS_seed,
                      RandomPurpose::kDataSplits);
}

}  // namespace embed
