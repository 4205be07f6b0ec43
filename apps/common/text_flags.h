// Flags of the modes that read text.
#ifndef EMBED_APPS_COMMON_TEXT_FLAGS_H_
#define EMBED_APPS_COMMON_TEXT_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "text/corpus.h"
#include "text/stroke_ngrams.h"
#include "text/vocabulary_builder.h"

namespace embed {

FlagGroup TextFlagGroup();
FlagGroup StrokeFlagGroup();

struct TextFlags {
  CorpusOptions corpus;
  VocabularyOptions vocabulary;
};

struct StrokeFlags {
  std::string table_path;  // empty: the package's table
  StrokeOptions ngrams;
};

// The flags' values, validated. UsageError naming flag and value.
absl::StatusOr<TextFlags> ReadTextFlags(const std::string& input, int threads);
absl::StatusOr<StrokeFlags> ReadStrokeFlags(int threads);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_TEXT_FLAGS_H_
