#include "embed/eval/linear_classifier.h"

#include <linear.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"

namespace embed {
namespace {

// LIBLINEAR prints to stdout unless told where, and there is one such setting
// in a program: made before main(), so that no two threads make it.
[[maybe_unused]] const bool kSilenced = [] {
  set_print_string_function([](const char* /*text*/) {});
  return true;
}();

struct FreeModel {
  void operator()(model* trained) const { free_and_destroy_model(&trained); }
};

bool IsPositive(double value) { return std::isfinite(value) && value > 0; }

}  // namespace

absl::Status LogisticOptions::Validate() const {
  if (!IsPositive(c)) {
    return absl::InvalidArgumentError(
        absl::StrCat("C is ", c, ", expected a number > 0"));
  }
  if (!IsPositive(tolerance)) {
    return absl::InvalidArgumentError(
        absl::StrCat("tolerance is ", tolerance, ", expected a number > 0"));
  }
  return absl::OkStatus();
}

// Each row: its values, the bias, the mark of the end (index -1).
struct FeatureRows::Storage {
  size_t width() const { return static_cast<size_t>(dim) + 2; }

  uint32_t rows = 0;
  int dim = 0;
  std::vector<feature_node> nodes;
};

FeatureRows::FeatureRows(std::unique_ptr<Storage> storage)
    : storage_(std::move(storage)) {}
FeatureRows::~FeatureRows() = default;
FeatureRows::FeatureRows(FeatureRows&&) noexcept = default;
FeatureRows& FeatureRows::operator=(FeatureRows&&) noexcept = default;

uint32_t FeatureRows::size() const { return storage_->rows; }
int FeatureRows::dim() const { return storage_->dim; }

absl::StatusOr<FeatureRows> FeatureRows::Create(const MatrixView& rows) {
  // LIBLINEAR counts rows in an int.
  if (rows.rows > static_cast<uint64_t>(std::numeric_limits<int>::max())) {
    return absl::InvalidArgumentError(
        absl::StrCat(rows.rows, " rows to classify; at most 2^31 - 1"));
  }
  auto storage = std::make_unique<Storage>();
  storage->rows = static_cast<uint32_t>(rows.rows);
  storage->dim = rows.dim;
  try {
    storage->nodes.resize(rows.rows * storage->width());
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for ", rows.rows, " rows of ", rows.dim,
                     " numbers at 16 bytes each"));
  }
  feature_node* node = storage->nodes.data();
  for (uint64_t row = 0; row < rows.rows; ++row) {
    int index = 0;
    for (const float value : rows.row(row)) {
      if (!std::isfinite(value)) {
        return absl::InvalidArgumentError(
            absl::StrCat("row ", row, " holds a number that is not finite"));
      }
      *node++ = {++index, value};
    }
    *node++ = {++index, 1.0};
    *node++ = {-1, 0.0};
  }
  return FeatureRows(std::move(storage));
}

double LinearScore::Of(absl::Span<const float> row) const {
  double sum = bias;
  for (size_t i = 0; i < weights.size(); ++i) sum += weights[i] * row[i];
  return sum;
}

LinearScore TrainLogistic(const FeatureRows& rows,
                          absl::Span<const uint32_t> indices,
                          const std::vector<bool>& positive,
                          const LogisticOptions& options) {
  LinearScore score;
  score.weights.resize(static_cast<size_t>(rows.dim()));
  const bool any =
      std::find(positive.begin(), positive.end(), true) != positive.end();
  const bool all =
      std::find(positive.begin(), positive.end(), false) == positive.end();
  if (!any || all) {
    score.bias = std::numeric_limits<double>::infinity() * (all ? 1 : -1);
    return score;
  }
  const FeatureRows::Storage& storage = rows.storage();
  std::vector<feature_node*> x;
  std::vector<double> y;
  x.reserve(indices.size());
  y.reserve(indices.size());
  for (size_t i = 0; i < indices.size(); ++i) {
    // LIBLINEAR's interface lacks the const; it only reads the nodes.
    x.push_back(const_cast<feature_node*>(storage.nodes.data() +
                                          indices[i] * storage.width()));
    y.push_back(positive[i] ? 1 : -1);
  }
  problem data = {};
  data.l = static_cast<int>(x.size());
  data.n = rows.dim() + 1;
  data.x = x.data();
  data.y = y.data();
  data.bias = 1.0;
  parameter settings = {};
  settings.solver_type = L2R_LR;
  settings.C = options.c;
  settings.eps = options.tolerance;
  const std::unique_ptr<model, FreeModel> trained(train(&data, &settings));
  // Weights are for the class that came first.
  const double sign = trained->label[0] == 1 ? 1 : -1;
  for (size_t i = 0; i < score.weights.size(); ++i) {
    score.weights[i] = sign * trained->w[i];
  }
  score.bias = sign * trained->w[score.weights.size()];
  return score;
}

}  // namespace embed
