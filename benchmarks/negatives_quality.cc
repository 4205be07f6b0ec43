// Trains the words of a text twice with the same settings and seed: with
// negatives shared by the contexts of a center (embed/train/skip_gram.h) and,
// slowly, with negatives of each pair (tests/embed/train/unshared_skip_gram.h).
// benchmarks/negatives.sh compares the two files of vectors.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "apps/common/command_line.h"
#include "apps/common/running_flags.h"
#include "apps/common/text_flags.h"
#include "apps/common/training_flags.h"
#include "apps/mode.h"
#include "embed/base/status_macros.h"
#include "embed/io/vector_file.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "tests/embed/train/unshared_skip_gram.h"

namespace embed {
namespace {

CommandInfo Info() {
  CommandInfo info;
  info.name = "negatives_quality";
  info.summary = "trains words with shared and with unshared negatives";
  info.synopsis =
      "negatives_quality [flags] CORPUS PREFIX   (writes PREFIX.shared.bin and "
      "PREFIX.unshared.bin)";
  info.examples = {"negatives_quality --dim 64 corpus.txt run"};
  info.defaults_elsewhere = FlagsByMode();
  info.groups = {TrainingFlagGroup(), TextFlagGroup(), RunningFlagGroup()};
  return info;
}

// Trains with `Model` from the starting values of embedtrain and writes the
// input table to `path`.
template <class Model>
absl::Status TrainAndWrite(const TrainingFlags& flags,
                           const TrainingInput& input,
                           const std::string& path) {
  const uint64_t words = input.vocabulary.size();
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable in,
                         EmbeddingTable::Create(words, flags.dim));
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable out,
                         EmbeddingTable::Create(words, flags.dim));
  in.FillUniform(0.5f / static_cast<float>(flags.dim), flags.seed, 1);
  EMBED_ASSIGN_OR_RETURN(
      const auto model,
      Model::Create(flags.windows, input.vocabulary.counts(), &in, &out));
  EMBED_ASSIGN_OR_RETURN(const Trainer trainer, Trainer::Create(flags.trainer));
  EMBED_ASSIGN_OR_RETURN(const TrainResult result,
                         trainer.Run(input.source.get(), *model, nullptr));
  EMBED_RETURN_IF_ERROR(
      WriteVectors(input.vocabulary, in.view(), VectorFormat::kBinary, path)
          .status());
  std::fprintf(stderr, "%s: %.1f s, mean loss %.4f\n", path.c_str(),
               result.seconds, result.mean_loss);
  return absl::OkStatus();
}

absl::Status Run(const Arguments& arguments) {
  if (arguments.size() != 2) return UsageError("expected CORPUS and PREFIX");
  EMBED_ASSIGN_OR_RETURN(const Mode* const mode, FindMode("word2vec"));
  EMBED_RETURN_IF_ERROR(ApplyMode(*mode));
  EMBED_ASSIGN_OR_RETURN(const int threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(const TrainingFlags flags, ReadTrainingFlags(threads));
  if (flags.cbow || flags.windows.loss != OutputLoss::kNegativeSampling ||
      !flags.windows.optimizer.IsPlainSgd()) {
    return UsageError("expected skip-gram, negative sampling and plain SGD");
  }
  EMBED_ASSIGN_OR_RETURN(
      const TrainingInput input,
      mode->load(LoadContext{arguments[0], &flags, threads}));
  EMBED_RETURN_IF_ERROR(TrainAndWrite<SkipGram>(
      flags, input, absl::StrCat(arguments[1], ".shared.bin")));
  return TrainAndWrite<UnsharedSkipGram>(
      flags, input, absl::StrCat(arguments[1], ".unshared.bin"));
}

}  // namespace
}  // namespace embed

int main(int argc, char** argv) {
  return embed::RunCommand(embed::Info(), argc, argv, embed::Run);
}
