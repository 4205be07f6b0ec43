#include "apps/common/vectors_flag.h"

#include <gflags/gflags.h>

#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "apps/common/vector_input.h"
#include "embed/base/status_macros.h"
#include "embed/eval/unit_rows.h"

DEFINE_string(model, "",
              "the vectors: a model (.embed), word2vec binary (.bin), NumPy's "
              "with PREFIX.keys.txt (.npy), an index (.faiss: as it keeps "
              "them), or word2vec, fastText or GloVe text (any other name); "
              "all but models and indexes may be .gz or .zst as well");
DEFINE_string(vectors, "", "the same as --model");
DEFINE_string(normalize, "none",
              "none: vectors as they are; l2: each scaled to length 1");

namespace embed {

FlagGroup VectorsFlagGroup(bool with_normalize) {
  FlagGroup group = {"Vectors", {"model", "vectors"}};
  if (with_normalize) group.flags.push_back("normalize");
  return group;
}

absl::StatusOr<bool> ReadNormalizeFlag() {
  if (FLAGS_normalize != "none" && FLAGS_normalize != "l2") {
    return UsageError(absl::StrCat("--normalize: \"", FLAGS_normalize,
                                   "\" is neither none nor l2"));
  }
  return FLAGS_normalize == "l2";
}

absl::StatusOr<VectorsPlan> ReadVectorsFlags() {
  VectorsPlan plan;
  if (FLAGS_model.empty() == FLAGS_vectors.empty()) {
    return UsageError(FLAGS_model.empty()
                          ? "--model FILE is needed: the vectors"
                          : "--model and --vectors mean the same; give one");
  }
  plan.path = FLAGS_model.empty() ? FLAGS_vectors : FLAGS_model;
  EMBED_ASSIGN_OR_RETURN(plan.unit_length, ReadNormalizeFlag());
  return plan;
}

absl::StatusOr<KeyedVectors> LoadVectors(const VectorsPlan& plan) {
  EMBED_ASSIGN_OR_RETURN(KeyedVectors vectors, ReadKeyedVectors(plan.path));
  for (const std::string& sentence : vectors.tolerated) {
    std::fprintf(stderr, "note: %s\n", sentence.c_str());
  }
  if (vectors.table.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(plan.path, ": holds no vectors"));
  }
  if (plan.unit_length) {
    EMBED_ASSIGN_OR_RETURN(vectors.table, UnitRows(vectors.view()));
  }
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
