#include "apps/common/subword_flags.h"

#include <gflags/gflags.h>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

DEFINE_int32(ngram_min, 3, "shortest character n-gram of a word");
DEFINE_int32(ngram_max, 6, "longest character n-gram; 0: words have none");
DEFINE_uint32(buckets, 2000000, "rows that all n-grams share, by their hash");

namespace embed {
namespace {

// The options by the names of their flags, in one place.
constexpr const char* kMin = "ngram_min";
constexpr const char* kMax = "ngram_max";
constexpr const char* kBuckets = "buckets";

template <typename Number>
absl::Status ParseOption(const std::map<std::string, std::string>& options,
                         const char* name, Number* number) {
  const auto found = options.find(name);
  if (found != options.end() && absl::SimpleAtoi(found->second, number)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("option ", name, " of the model is ",
                   found == options.end() ? "missing" : found->second,
                   ", expected a whole number"));
}

}  // namespace

FlagGroup SubwordFlagGroup() {
  return {"Character n-grams (fasttext, cw2vec with --latin_ngrams)",
          {kMin, kMax, kBuckets}};
}

absl::StatusOr<CharNgramOptions> ReadSubwordFlags(int threads) {
  CharNgramOptions options;
  options.min_n = FLAGS_ngram_min;
  options.max_n = FLAGS_ngram_max;
  options.buckets = FLAGS_ngram_max == 0 ? 0 : FLAGS_buckets;
  options.threads = threads;
  EMBED_RETURN_IF_ERROR(AsUsageError(options.Validate()));
  if (options.max_n != 0 && (options.min_n < 1 || !options.has_ngrams())) {
    return UsageError(absl::StrCat("--ngram_min: ", options.min_n,
                                   " is not in 1 .. --ngram_max ",
                                   options.max_n));
  }
  return options;
}

std::map<std::string, std::string> SubwordModelOptions(
    const CharNgramOptions& options) {
  return {{kMin, absl::StrCat(options.min_n)},
          {kMax, absl::StrCat(options.max_n)},
          {kBuckets, absl::StrCat(options.buckets)}};
}

absl::StatusOr<CharNgramOptions> ParseSubwordModelOptions(
    const std::map<std::string, std::string>& options) {
  CharNgramOptions parsed;
  EMBED_RETURN_IF_ERROR(ParseOption(options, kMin, &parsed.min_n));
  EMBED_RETURN_IF_ERROR(ParseOption(options, kMax, &parsed.max_n));
  EMBED_RETURN_IF_ERROR(ParseOption(options, kBuckets, &parsed.buckets));
  EMBED_RETURN_IF_ERROR(parsed.Validate());
  return parsed;
}

}  // namespace embed
