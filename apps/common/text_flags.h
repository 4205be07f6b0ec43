// Flags of the modes that read text.
#ifndef EMBED_APPS_COMMON_TEXT_FLAGS_H_
#define EMBED_APPS_COMMON_TEXT_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "embed/io/model_file.h"
#include "text/corpus.h"
#include "text/stroke_ngrams.h"
#include "text/vocabulary_builder.h"

namespace embed {

FlagGroup TextFlagGroup();
FlagGroup StrokeFlagGroup();

struct TextFlags {
  CorpusOptions corpus;
  bool lowercase = false;
  bool characters = false;                // each a token
  std::vector<std::string> phrase_lists;  // to join, one after the other
  VocabularyOptions vocabulary;           // without the words to keep
  std::string keep_path;                  // a list of them; empty: none
  std::string vocab_in;                   // a vocabulary to take; empty: count
  std::string vocab_out;                  // where to write it; empty: nowhere
};

struct StrokeFlags {
  std::string table_path;   // empty: the package's table
  std::string report_path;  // of characters without strokes; empty: none
  StrokeOrders orders = StrokeOrders::kPreferred;
  VectorsFrom vectors = VectorsFrom::kOutput;
  StrokeOptions ngrams;
};

// The flags' values, validated. UsageError naming flag and value.
absl::StatusOr<TextFlags> ReadTextFlags(std::vector<std::string> inputs,
                                        int threads);
absl::StatusOr<StrokeFlags> ReadStrokeFlags(int threads);
// UsageError: --strokes_report in a mode without strokes.
absl::Status CheckStrokesReport(bool has_strokes);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_TEXT_FLAGS_H_
