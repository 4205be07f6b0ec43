// Flags of the modes that compose words of character n-grams.
#ifndef EMBED_APPS_COMMON_SUBWORD_FLAGS_H_
#define EMBED_APPS_COMMON_SUBWORD_FLAGS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "text/char_ngrams.h"

namespace embed {

FlagGroup SubwordFlagGroup();

// The flags' values, validated. UsageError naming flag and value.
absl::StatusOr<CharNgramOptions> ReadSubwordFlags(int threads);

// The same values as options of a model (ModelInfo::options), by the flags'
// names, and back from there. InvalidArgument: one is missing or no number.
std::map<std::string, std::string> SubwordModelOptions(
    const CharNgramOptions& options);
absl::StatusOr<CharNgramOptions> ParseSubwordModelOptions(
    const std::map<std::string, std::string>& options);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_SUBWORD_FLAGS_H_
