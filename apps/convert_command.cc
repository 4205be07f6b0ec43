#include "apps/convert_command.h"

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/common/output_flags.h"
#include "apps/common/running_flags.h"
#include "apps/imported_model.h"
#include "apps/model_outputs.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

void Say(const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace

CommandInfo ConvertCommandInfo() {
  CommandInfo info;
  info.name = "embedconvert";
  info.summary = "makes an index, and files for other programs, of vectors";
  info.synopsis = "embedconvert [flags] INPUT";
  info.examples = {
      "embedconvert --output english cc.en.300.bin",
      "embedconvert --export vec,npy model.embed",
  };
  info.notes =
      "INPUT, by its name and first bytes:\n"
      "  .embed        a model of embedtrain\n"
      "  .bin          a fastText model (skipgram, cbow), or word2vec binary\n"
      "  .vec .txt     word2vec, fastText or GloVe text; also .gz and .zst\n"
      "Writes PREFIX.faiss, what --export names, and for a fastText model\n"
      "PREFIX.embed, which keeps its n-grams.\n";
  info.groups = {{"Output", {"output", "export"}}, RunningFlagGroup()};
  return info;
}

absl::Status RunConvert(const Arguments& arguments) {
  if (arguments.size() != 1) {
    return UsageError(absl::StrCat(
        "expected one input file, found ",
        arguments.empty() ? "none" : absl::StrJoin(arguments, " ")));
  }
  const std::string& input = arguments[0];
  if (input == "-") {
    return UsageError(
        "standard input has no name that tells its format; give "
        "a file");
  }
  EMBED_ASSIGN_OR_RETURN(const int threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(OutputPlan plan, ReadOutputFlags(input));
  plan.checkpoint_path.clear();
  EMBED_ASSIGN_OR_RETURN(const ImportedModel imported,
                         ImportModel(input, threads));
  for (const std::string& note : imported.notes) Say("input: " + note);
  if (!imported.worth_writing) plan.model_path.clear();
  if (imported.model.relations.empty()) plan.relations_path.clear();
  EMBED_RETURN_IF_ERROR(CheckOutputs(plan, input));
  EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> notes,
                         WriteOutputs(imported.model, plan, threads));
  for (const std::string& note : notes) Say(note);
  return absl::OkStatus();
}

}  // namespace embed
