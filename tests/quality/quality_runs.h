// Small real trainings and how good their vectors are: what the gate compares
// with the stored values. One thread and fixed seeds, so a run gives the same
// score each time on one machine; on others rounding differs a little.
#ifndef EMBED_TESTS_QUALITY_QUALITY_RUNS_H_
#define EMBED_TESTS_QUALITY_QUALITY_RUNS_H_

#include <string>

#include "absl/status/statusor.h"

namespace embed {

// DeepWalk on Zachary's karate club: of the 5 nearest members of a member, the
// share that went to the same side when the club split; mean over members and 5
// seeds. By chance 16 / 33.
absl::StatusOr<double> KarateNeighbors(const std::string& edges_path);

struct PlantedScores {
  // Of the words of topics, the share whose nearest word has the same topic.
  // By chance 0.04.
  double topics = 0.0;
  // Of left_i : right_i = left_j : x, the share answered by 3CosAdd with
  // right_j. By chance 0.002.
  double analogies = 0.0;
};

// Skip-gram on planted_text.h, mean over 2 seeds.
absl::StatusOr<PlantedScores> PlantedStructure();

// DeepWalk (10 walks of 40, window 5) on Cora's citations: Micro-F1 with half
// of the labels known, mean over 5 splits.
absl::StatusOr<double> CoraMicroF1(const std::string& edges_path,
                                   const std::string& labels_path);

}  // namespace embed

#endif  // EMBED_TESTS_QUALITY_QUALITY_RUNS_H_
