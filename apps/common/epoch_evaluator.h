// Evaluates a model after each epoch of its training, says when to stop, and
// puts the best epoch's tables back.
#ifndef EMBED_APPS_COMMON_EPOCH_EVALUATOR_H_
#define EMBED_APPS_COMMON_EPOCH_EVALUATOR_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/common/eval_flags.h"
#include "apps/common/eval_report.h"
#include "apps/common/progress.h"
#include "embed/eval/early_stop.h"
#include "embed/eval/kept_tables.h"
#include "embed/eval/word_similarity.h"
#include "embed/io/model_file.h"
#include "embed/model/feature_map.h"
#include "embed/model/vocabulary.h"
#include "embed/train/checkpoint.h"
#include "embed/train/train_progress.h"

namespace embed {

// The score is Spearman's rho of the vectors that the model would export
// (Model::vectors()), by embed/eval/word_similarity.h; which epoch is the best
// and when to stop: embed/eval/early_stop.h.
//
// Without patience the tables stay as they are after the last epoch: --eval
// alone changes nothing about a training. With it, a copy of the best epoch's
// input and output table is kept (memory: KeptTables) and put back at the end.
//
// Not thread-safe. No thread may train, and none may write a checkpoint,
// while this evaluates.
class EpochEvaluator {
 public:
  // `model` holds the tables under training; its info.vectors must be set. Its
  // vocabulary is not looked at: `vocabulary` is, and only here. `features`:
  // if the vectors are composed; must outlive this.
  // FailedPrecondition: fewer than two pairs have both keys in the vocabulary.
  // ResourceExhausted: no memory for the copy.
  static absl::StatusOr<std::unique_ptr<EpochEvaluator>> Create(
      const EvalPlan& plan, const Vocabulary& vocabulary, Model* model,
      const FeatureMap* features = nullptr);

  // Evaluates after epoch `epoch`, from 1. FailedPrecondition: a vector is not
  // finite.
  absl::StatusOr<EvalReport> AfterEpoch(uint32_t epoch);

  // The same as a hook of the trainer that prints each report. It ends the
  // training when patience does, and on an error, which status() then tells.
  // Good as long as this and the printer are.
  EpochCallback Hook(ProgressPrinter* printer);
  const absl::Status& status() const { return status_; }

  // After the last epoch: with patience, puts the best epoch's tables into the
  // model. Returns that epoch, 0 if the tables stay as they are.
  uint32_t PutBestBack();

  // What a checkpoint needs for going on with the same end: for its `extra`
  // the best epoch, its score and the epochs since; and as arrays "best_input"
  // and "best_output" the tables kept, if any (views into this).
  std::string CheckpointExtra() const;
  void AddBestTables(Checkpoint* checkpoint) const;
  // Goes on from such a checkpoint, and takes the arrays it adds out of it, for
  // the trainer knows nothing of them. DataLoss: it is damaged, or of a run
  // that was evaluated in another way.
  absl::Status Restore(Checkpoint* checkpoint);

 private:
  EpochEvaluator(const EvalPlan& plan, WordSimilarity similarity, Model* model,
                 const FeatureMap* features);

  bool keeps_tables() const { return stop_.patience() > 0; }
  bool has_best_tables() const {
    return keeps_tables() && stop_.state().best_epoch > 0;
  }

  std::string task_;
  std::string file_;
  WordSimilarity similarity_;
  Model* model_;
  const FeatureMap* features_;
  EarlyStop stop_;
  KeptTables kept_;
  absl::Status status_;
};

}  // namespace embed

#endif  // EMBED_APPS_COMMON_EPOCH_EVALUATOR_H_
