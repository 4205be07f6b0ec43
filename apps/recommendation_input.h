// What embedeval recommend is asked about: files of interactions divided into
// histories and held-out items, and these joined with a model.
#ifndef EMBED_APPS_RECOMMENDATION_INPUT_H_
#define EMBED_APPS_RECOMMENDATION_INPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/eval/interaction_file.h"
#include "embed/eval/recommendation.h"
#include "embed/model/vocabulary.h"

namespace embed {

// Interactions in two parts, users and items numbered alike in both.
struct DividedInteractions {
  std::vector<std::string> items;
  // Of each user; a user may lack either.
  std::vector<std::vector<uint32_t>> histories;
  std::vector<std::vector<uint32_t>> held_out;
};

// Each user's last item is held out, but a user's only one.
DividedInteractions LeaveLastOut(Interactions all);

// `test` is held out of users that may have a history in `train`.
DividedInteractions JoinParts(Interactions train, const Interactions& test);

// The histories as a file of sequences: a line a user, blanks between items.
// InvalidArgument: an item's name holds white space (white_space.h).
absl::StatusOr<std::string> HistoryText(const DividedInteractions& parts);

// Among the items that occur in either part and have a vector.
struct RecommendationInput {
  std::vector<uint32_t> rows;        // of the items, in the model
  std::vector<uint64_t> popularity;  // occurrences in all histories
  // Of the users with a history and a held-out item that is new to them.
  std::vector<RecommendationCase> cases;
  uint64_t total_users = 0;  // with held-out items
  uint64_t total_items = 0;
};

// vocabulary: of the model. InvalidArgument: no item has a vector, or no user
// is left.
absl::StatusOr<RecommendationInput> JoinModel(const DividedInteractions& parts,
                                              const Vocabulary& vocabulary);

}  // namespace embed

#endif  // EMBED_APPS_RECOMMENDATION_INPUT_H_
