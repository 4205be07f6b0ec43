#include "apps/convert_command.h"

#include <gflags/gflags.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/change_index.h"
#include "apps/common/available_memory.h"
#include "apps/common/index_flags.h"
#include "apps/common/memory_flags.h"
#include "apps/common/output_flags.h"
#include "apps/common/running_flags.h"
#include "apps/imported_model.h"
#include "apps/model_outputs.h"
#include "embed/base/aligned_buffer.h"
#include "embed/base/status_macros.h"
#include "embed/base/unnamed_file.h"

DECLARE_string(codec);

namespace embed {
namespace {

// The plan for one file, whose form its name tells.
absl::Status PlanOneFile(const std::string& path, OutputPlan* plan) {
  for (const char* const flag : {"output", "export"}) {
    if (IsFlagSet(flag)) {
      return UsageError(
          absl::StrCat("--", flag, " does not go with an output file"));
    }
  }
  plan->prefix = path;
  plan->model_path.clear();
  plan->index_path.clear();
  plan->relations_path.clear();
  const absl::string_view ending =
      absl::string_view(path).substr(path.find_last_of('.') + 1);
  const absl::StatusOr<VectorFormat> format = VectorFormatFromName(ending);
  if (ending == "faiss") {
    plan->index_path = path;
  } else if (ending == "embed") {
    plan->model_path = path;
  } else if (format.ok()) {
    plan->exports.push_back({*format, path});
  } else {
    return UsageError(absl::StrCat(
        path,
        ": expected a name that ends in .faiss, .embed, .vec, .bin or "
        ".npy"));
  }
  return absl::OkStatus();
}

absl::Status ReadCodec(OutputPlan* plan) {
  const absl::StatusOr<RowCodec> codec = RowCodecFromName(FLAGS_codec);
  if (!codec.ok() || !IsIntegerCodec(*codec)) {
    return UsageError(absl::StrCat(
        "--codec: \"", FLAGS_codec,
        "\" is none of int8, int8_plain, int8_pow2, uint8, int8_sat, int4, "
        "faiss8"));
  }
  plan->index.for_faiss = *codec == RowCodec::kFaiss8;
  if (!plan->index.for_faiss) plan->index.codec = *codec;
  if (plan->index.for_faiss && plan->index.target_recall > 0) {
    return UsageError("--target_recall does not go with --codec faiss8");
  }
  if (plan->index.for_faiss && plan->index.metric != Metric::kCosine) {
    return UsageError(
        "--metric does not go with --codec faiss8, whose inner products rank "
        "by cosine");
  }
  if (*codec == RowCodec::kUint8 && plan->index.metric == Metric::kL2) {
    return UsageError("--metric l2 does not go with --codec uint8");
  }
  if (plan->index.for_faiss &&
      (plan->index.kind == IndexKind::kIvf || plan->index.rerank_f16)) {
    return UsageError(
        "neither --index ivf nor --rerank f16 goes with --codec faiss8");
  }
  if (*codec != RowCodec::kInt8 && plan->index.rerank_f16) {
    return UsageError("--rerank f16 goes with --codec int8 only");
  }
  if (plan->index_path.empty()) {
    std::vector<std::string> flags = IndexFlagGroup().flags;
    flags.push_back("codec");
    for (const std::string& flag : flags) {
      if (IsFlagSet(flag)) {
        return UsageError(
            absl::StrCat("--", flag, " goes with an index (.faiss) only"));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<OutputPlan> ReadConvertPlan(const Arguments& arguments) {
  if (arguments.empty() || arguments.size() > 2) {
    return UsageError(absl::StrCat(
        "expected one input file and perhaps an output file, found ",
        arguments.empty() ? "none" : absl::StrJoin(arguments, " ")));
  }
  if (arguments[0] == "-") {
    return UsageError(
        "standard input has no name that tells its format; give "
        "a file");
  }
  EMBED_ASSIGN_OR_RETURN(OutputPlan plan, ReadOutputFlags(arguments[0]));
  plan.checkpoint_path.clear();
  if (arguments.size() == 2) {
    EMBED_RETURN_IF_ERROR(PlanOneFile(arguments[1], &plan));
  }
  EMBED_RETURN_IF_ERROR(ReadCodec(&plan));
  return plan;
}

// Vectors and codes are gone through in order, so those that would fill memory
// lie on the disk meanwhile.
absl::Status SpillWhatFillsMemory() {
  EMBED_RETURN_IF_ERROR(ApplyMemoryLimit());
  SpillLargeBuffers(AvailableMemory() / 2, TemporaryFolder());
  return absl::OkStatus();
}

}  // namespace

CommandInfo ConvertCommandInfo() {
  CommandInfo info;
  info.name = "embedconvert";
  info.summary = "makes an index, and files for other programs, of vectors";
  info.synopsis =
      "embedconvert [flags] INPUT [OUTPUT]\n"
      "embedconvert --add FILE, --delete FILE, --compact INDEX.faiss";
  info.examples = {
      "embedconvert --output english cc.en.300.bin",
      "embedconvert --export vec,npy model.embed",
      "embedconvert --index hnsw --target_recall 0.95 glove.txt glove.faiss",
      "embedconvert --codec faiss8 model.embed for_python.faiss",
      "embedconvert --delete old.txt --add new.vec items.faiss",
      "embedconvert --compact items.faiss",
  };
  info.notes =
      "INPUT, by its name and first bytes:\n"
      "  .embed        a model of embedtrain\n"
      "  .bin          a fastText model (skipgram, cbow), or word2vec binary\n"
      "  .vec .txt     word2vec, fastText or GloVe text; also .gz and .zst\n"
      "  .npy          NumPy's, keys in PREFIX.keys.txt (else row numbers)\n"
      "  .faiss        an index, ours or FAISS's: its vectors, rounded as they "
      "are\n"
      "Writes PREFIX.faiss, what --export names, and for a fastText model\n"
      "PREFIX.embed, which keeps its n-grams; or OUTPUT alone, in the form\n"
      "its name tells: .faiss, .embed, .vec, .bin, .npy.\n"
      "--add and --delete append to an index and leave the rest of it: "
      "deletions\n"
      "first, all together or nothing.\n";
  FlagGroup index = IndexFlagGroup();
  index.flags.push_back("codec");
  index.flags.push_back("deterministic");
  info.flag_texts["deterministic"] =
      "taken, but the same command gives the same bytes anyway";
  info.flag_texts["memory_limit"] =
      "vectors, or codes, of more than half of this, as in 2GiB, lie in a "
      "temporary file meanwhile, in $TMPDIR or /var/tmp; \"\": of what the "
      "system has left";
  info.groups = {{"Output", {"output", "export"}},
                 index,
                 ChangeFlagGroup(),
                 MemoryFlagGroup(),
                 RunningFlagGroup()};
  return info;
}

absl::Status RunConvert(const Arguments& arguments) {
  if (ChangesIndex()) {
    EMBED_RETURN_IF_ERROR(ReadIndexFlags().status());
    EMBED_ASSIGN_OR_RETURN(const int threads, ApplyRunningFlags());
    EMBED_RETURN_IF_ERROR(SpillWhatFillsMemory());
    return ChangeIndex(arguments, threads);
  }
  EMBED_ASSIGN_OR_RETURN(OutputPlan plan, ReadConvertPlan(arguments));
  const std::string& input = arguments[0];
  EMBED_ASSIGN_OR_RETURN(const int threads, ApplyRunningFlags());
  EMBED_RETURN_IF_ERROR(SpillWhatFillsMemory());
  EMBED_ASSIGN_OR_RETURN(const ImportedModel imported,
                         ImportModel(input, threads));
  for (const std::string& note : imported.notes) Say("input: " + note);
  if (!imported.worth_writing && arguments.size() == 1) plan.model_path.clear();
  if (imported.model.relations.empty()) plan.relations_path.clear();
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<OutputLock> lock,
                         ClaimOutputs(plan, {input}));
  EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> notes,
                         WriteOutputs(imported.model, plan, threads));
  for (const std::string& note : notes) Say(note);
  return absl::OkStatus();
}

}  // namespace embed
