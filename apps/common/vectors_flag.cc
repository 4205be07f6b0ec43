#include "apps/common/vectors_flag.h"

#include <gflags/gflags.h>

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

DEFINE_string(model, "",
              "the vectors: a model (.embed), word2vec binary (.bin), or "
              "word2vec or fastText text (any other name)");
DEFINE_string(vectors, "", "the same as --model");
DEFINE_string(normalize, "none",
              "none: vectors as they are; l2: each scaled to length 1");

namespace embed {
namespace {

void ScaleToUnitLength(EmbeddingTable* table) {
  for (uint64_t row = 0; row < table->rows(); ++row) {
    float* values = table->row(row);
    double square = 0;
    for (int i = 0; i < table->dim(); ++i) {
      square += double{values[i]} * double{values[i]};
    }
    if (square == 0) continue;
    const double length = std::sqrt(square);
    for (int i = 0; i < table->dim(); ++i) {
      values[i] = static_cast<float>(values[i] / length);
    }
  }
}

}  // namespace

FlagGroup VectorsFlagGroup(bool with_normalize) {
  FlagGroup group = {"Vectors", {"model", "vectors"}};
  if (with_normalize) group.flags.push_back("normalize");
  return group;
}

absl::StatusOr<VectorsPlan> ReadVectorsFlags() {
  VectorsPlan plan;
  if (FLAGS_model.empty() == FLAGS_vectors.empty()) {
    return UsageError(FLAGS_model.empty()
                          ? "--model FILE is needed: the vectors"
                          : "--model and --vectors mean the same; give one");
  }
  plan.path = FLAGS_model.empty() ? FLAGS_vectors : FLAGS_model;
  if (FLAGS_normalize != "none" && FLAGS_normalize != "l2") {
    return UsageError(absl::StrCat("--normalize: \"", FLAGS_normalize,
                                   "\" is neither none nor l2"));
  }
  plan.unit_length = FLAGS_normalize == "l2";
  return plan;
}

absl::StatusOr<KeyedVectors> LoadVectors(const VectorsPlan& plan) {
  EMBED_ASSIGN_OR_RETURN(KeyedVectors vectors, ReadVectors(plan.path));
  if (vectors.table.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(plan.path, ": holds no vectors"));
  }
  if (plan.unit_length) ScaleToUnitLength(&vectors.table);
  return vectors;
}

absl::StatusOr<std::string> TakeInput(const Arguments& arguments,
                                      const std::string& name,
                                      const std::string& value) {
  if (arguments.size() + (value.empty() ? 0 : 1) == 1) {
    return value.empty() ? arguments[0] : value;
  }
  if (arguments.empty()) {
    return UsageError(
        absl::StrCat("an input is needed: ", absl::AsciiStrToUpper(name),
                     " or --", name, " FILE"));
  }
  return UsageError(absl::StrCat("one input is expected, \"", arguments.back(),
                                 "\" is one too many"));
}

}  // namespace embed
