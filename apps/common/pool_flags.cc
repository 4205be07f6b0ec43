#include "apps/common/pool_flags.h"

#include <gflags/gflags.h>

#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/common/command_line.h"
#include "embed/base/status_macros.h"
#include "embed/io/model_file.h"
#include "text/vocabulary_file.h"

DEFINE_string(
    pool, "mean",
    "how several keys become one vector: mean, max (the largest of "
    "each element), concat (mean, then max; a query to an index has m = "
    "(mean + max) / 2, which ranks items v as the concatenation ranks [v; v], "
    "because [mean; max] . [v; v] = 2 m . v: scores are those of m), sif (mean "
    "weighted by rareness, needs counts), hier (max over the means of "
    "--pool_window keys in a row)");
DEFINE_int32(pool_window, 5, "keys in a row of --pool hier");
DEFINE_double(
    sif_a, 1e-3,
    "a of --pool sif: a key weighs a / (a + its share of all counts)");
DEFINE_string(counts, "",
              "counts for --pool sif: a model (.embed), or lines KEY, blank, "
              "COUNT, as --vocab_out writes");

namespace embed {

absl::StatusOr<KeyCounts> KeyCounts::Read(const std::string& path) {
  KeyCounts counts;
  if (absl::EndsWith(path, ".embed")) {
    EMBED_ASSIGN_OR_RETURN(const Model model, ReadModel(path));
    for (uint32_t id = 0; id < model.vocabulary.size(); ++id) {
      counts.counts_.emplace(model.vocabulary.key(id),
                             model.vocabulary.count(id));
    }
  } else {
    EMBED_ASSIGN_OR_RETURN(const std::vector<WordCount> words,
                           ReadVocabularyFile(path));
    for (const WordCount& word : words) {
      counts.counts_.emplace(word.word, word.count);
    }
  }
  for (const auto& entry : counts.counts_) {
    counts.total_ += static_cast<double>(entry.second);
  }
  if (counts.total_ == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the model holds no counts of its keys"));
  }
  return counts;
}

double KeyCounts::SifWeight(absl::string_view key, double a) const {
  const auto found = counts_.find(key);
  const uint64_t count = found == counts_.end() ? 0 : found->second;
  return embed::SifWeight(a, static_cast<double>(count), total_);
}

absl::StatusOr<std::vector<PoolOptions>> ReadPoolKinds() {
  if (FLAGS_pool_window < 1) {
    return UsageError(absl::StrCat("--pool_window: ", FLAGS_pool_window,
                                   " is not at least 1"));
  }
  if (!(FLAGS_sif_a > 0) || !std::isfinite(FLAGS_sif_a)) {
    return UsageError(
        absl::StrCat("--sif_a: ", FLAGS_sif_a, " is not above 0"));
  }
  std::vector<PoolOptions> kinds;
  bool has_sif = false;
  for (const absl::string_view name : absl::StrSplit(FLAGS_pool, ',')) {
    const absl::StatusOr<Pooling> pooling = PoolingFromName(name);
    if (!pooling.ok()) {
      return UsageError(absl::StrCat("--pool: ", pooling.status().message()));
    }
    has_sif = has_sif || *pooling == Pooling::kSif;
    kinds.push_back({*pooling, FLAGS_pool_window});
  }
  if (!FLAGS_counts.empty() && !has_sif) {
    return UsageError("--counts is for --pool sif");
  }
  return kinds;
}

absl::StatusOr<PoolOptions> ReadPoolFlag() {
  EMBED_ASSIGN_OR_RETURN(const std::vector<PoolOptions> kinds, ReadPoolKinds());
  if (kinds.size() == 1) return kinds[0];
  return UsageError(absl::StrCat("--pool: \"", FLAGS_pool, "\" names ",
                                 kinds.size(), " kinds; a query has one"));
}

const std::string& CountsPath() { return FLAGS_counts; }

double SifA() { return FLAGS_sif_a; }

}  // namespace embed
