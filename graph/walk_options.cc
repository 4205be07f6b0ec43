#include "graph/walk_options.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "graph/second_order_bias.h"

namespace embed {
namespace {

absl::Status CheckSizes(const WalkOptions& options) {
  if (options.walks_per_node < 1) {
    return absl::InvalidArgumentError(absl::StrCat("walks_per_node is ",
                                                   options.walks_per_node,
                                                   "; it must be at least 1"));
  }
  if (options.walk_length < 2 ||
      options.walk_length > WalkOptions::kMaxWalkLength) {
    return absl::InvalidArgumentError(absl::StrCat(
        "walk_length is ", options.walk_length, " vertices; it must be 2 to ",
        WalkOptions::kMaxWalkLength));
  }
  return absl::OkStatus();
}

// Two ways of stepping exclude each other.
absl::Status CheckCombination(const WalkOptions& options) {
  const int ways = (options.restart > 0) + (options.degree_penalty > 0) +
                   options.second_order();
  if (ways > 1) {
    return absl::InvalidArgumentError(
        "restart, degree_penalty and node2vec's p and q exclude each other; "
        "give one of them");
  }
  if (options.plus && !options.weighted) {
    return absl::InvalidArgumentError(
        "node2vec_plus looks at weights: it needs weighted walks");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WalkOptions::Validate() const {
  EMBED_RETURN_IF_ERROR(CheckSizes(*this));
  if (!(restart >= 0 && restart < 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "restart is ", restart, "; a probability from 0 to below 1 is needed"));
  }
  if (!(degree_penalty >= 0 && degree_penalty <= 10)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "degree_penalty is ", degree_penalty, "; it must be 0 to 10"));
  }
  if (!std::isfinite(plus_gamma)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "node2vec_plus is ", plus_gamma, "; a finite number is needed"));
  }
  EMBED_RETURN_IF_ERROR(CheckNode2vecFactors(return_p, inout_q));
  return CheckCombination(*this);
}

}  // namespace embed
