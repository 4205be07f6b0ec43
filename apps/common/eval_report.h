// How an evaluation within a training is told to the user.
#ifndef EMBED_APPS_COMMON_EVAL_REPORT_H_
#define EMBED_APPS_COMMON_EVAL_REPORT_H_

#include <cstdint>
#include <string>

#include "embed/eval/early_stop.h"
#include "embed/eval/word_similarity.h"

namespace embed {

// What the evaluation after an epoch found.
struct EvalReport {
  uint32_t epoch = 0;  // from 1
  std::string task;    // "wordsim"
  std::string file;    // base name
  WordSimilarityResult result;
  EarlyStop::State best;  // this epoch included
  bool stop = false;
};

// "epoch 3: wordsim ws353.tsv: spearman 0.6512, pearson 0.6234, 330 of 353
// pairs, the best so far"
std::string EvalReportText(const EvalReport& report);

// {"epoch": 3, "task": "wordsim", "file": ..., "spearman": ..., "pearson": ...,
// "used": ..., "total": ..., "best_epoch": ..., "best_score": ..., "stop":
// ...}; null for what is not a number.
std::string EvalReportJson(const EvalReport& report);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_EVAL_REPORT_H_
