#include "apps/align_command.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "apps/common/output_flags.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "apps/imported_model.h"
#include "apps/model_outputs.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/eval/alignment.h"
#include "embed/eval/dictionary_file.h"
#include "embed/eval/procrustes.h"
#include "embed/eval/unit_rows.h"

DEFINE_string(dict, "",
              "pairs to learn from: lines KEY of A, tab, KEY of B; blanks in "
              "place of the tab where keys have none");
DEFINE_bool(same_keys, false,
            "the dictionary is the keys that both have, as of two snapshots");
DEFINE_int32(refine, 0,
             "rounds of learning anew from the pairs that are each other's "
             "nearest by CSLS");
DEFINE_uint64(refine_vocab, 15000,
              "only the first so many keys of both take part in --refine; 0: "
              "all");
DEFINE_uint64(csls_k, 10, "neighbours that CSLS takes the mean of");
DECLARE_uint32(restrict_vocab);
DECLARE_string(test);

namespace embed {
namespace {

const std::vector<uint64_t>& Cutoffs() {
  static const std::vector<uint64_t> cutoffs = {1, 5, 10};
  return cutoffs;
}

struct AlignPlan {
  std::string a;
  std::string b;
  bool unit_length = false;
  AlignmentOptions options;
  std::optional<OutputPlan> output;
  std::unique_ptr<OutputLock> lock;  // of the output
  ResultPlan result;
};

absl::Status ReadOutput(AlignPlan* plan) {
  if (!IsFlagSet("output")) {
    if (IsFlagSet("export")) {
      return UsageError("--export needs --output PREFIX");
    }
    if (FLAGS_test.empty()) {
      return UsageError(
          "nothing to do: give --test PAIRS, --output PREFIX or both");
    }
    return absl::OkStatus();
  }
  EMBED_ASSIGN_OR_RETURN(plan->output, ReadOutputFlags(plan->a));
  plan->output->checkpoint_path.clear();
  plan->output->relations_path.clear();
  EMBED_ASSIGN_OR_RETURN(plan->lock,
                         ClaimOutputs(*plan->output, {plan->a, plan->b}));
  return absl::OkStatus();
}

absl::StatusOr<AlignPlan> ReadAlignPlan(const Arguments& arguments) {
  AlignPlan plan;
  if (arguments.size() != 2) {
    return UsageError(absl::StrCat("two files of vectors are expected, found ",
                                   arguments.size(), " arguments"));
  }
  plan.a = arguments[0];
  plan.b = arguments[1];
  if (FLAGS_dict.empty() != FLAGS_same_keys) {
    return UsageError(FLAGS_same_keys
                          ? "--dict and --same_keys: give one of them"
                          : "--dict PAIRS is needed, or --same_keys");
  }
  EMBED_ASSIGN_OR_RETURN(plan.unit_length, ReadNormalizeFlag());
  plan.options.refinements = FLAGS_refine;
  plan.options.refinement_rows = FLAGS_refine_vocab;
  plan.options.csls_neighbors = FLAGS_csls_k;
  EMBED_ASSIGN_OR_RETURN(plan.options.threads, ApplyRunningFlags());
  EMBED_RETURN_IF_ERROR(AsUsageError(plan.options.Validate()));
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  EMBED_RETURN_IF_ERROR(ReadOutput(&plan));
  return plan;
}

// Vectors of any program, with a line on stderr for each thing to know.
absl::StatusOr<Model> Load(const std::string& path, const AlignPlan& plan) {
  EMBED_ASSIGN_OR_RETURN(ImportedModel imported,
                         ImportModel(path, plan.options.threads));
  for (const std::string& note : imported.notes) {
    // Some name the file themselves.
    Say(absl::StartsWith(note, path)
            ? absl::StrCat("note: ", note)
            : absl::StrCat("note: ", path, ": ", note));
  }
  if (imported.model.vocabulary.size() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": holds no vectors"));
  }
  if (plan.unit_length) {
    EMBED_ASSIGN_OR_RETURN(
        imported.model.VectorTable(),
        WithPrefix(path, UnitRows(imported.model.vectors())));
  }
  return std::move(imported.model);
}

// Keys that count: the first ones.
uint32_t KnownKeys(const Model& model) {
  const uint32_t size = model.vocabulary.size();
  return FLAGS_restrict_vocab == 0 ? size
                                   : std::min(size, FLAGS_restrict_vocab);
}

struct FoundPairs {
  std::vector<AlignedRows> rows;
  uint64_t total = 0;
};

FoundPairs SameKeys(const Model& a, const Model& b) {
  FoundPairs found;
  for (uint32_t id = 0; id < KnownKeys(a); ++id) {
    const uint32_t other = b.vocabulary.Find(a.vocabulary.key(id));
    if (other < KnownKeys(b)) found.rows.push_back({id, other});
  }
  found.total = found.rows.size();
  return found;
}

absl::StatusOr<FoundPairs> FindPairs(const std::string& path, const Model& a,
                                     const Model& b) {
  EMBED_ASSIGN_OR_RETURN(const std::vector<Translation> pairs,
                         ReadDictionary(path));
  FoundPairs found;
  found.total = pairs.size();
  for (const Translation& pair : pairs) {
    // kNotFound is above all ids.
    const uint32_t of_a = a.vocabulary.Find(pair.first);
    const uint32_t of_b = b.vocabulary.Find(pair.second);
    if (of_a < KnownKeys(a) && of_b < KnownKeys(b)) {
      found.rows.push_back({of_a, of_b});
    }
  }
  if (found.rows.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": none of its ", pairs.size(),
                     " pairs (the first is \"", pairs[0].first, "\", \"",
                     pairs[0].second, "\") has vectors in both files"));
  }
  return found;
}

absl::StatusOr<FoundPairs> TrainingPairs(const AlignPlan& plan, const Model& a,
                                         const Model& b) {
  if (!FLAGS_same_keys) return FindPairs(FLAGS_dict, a, b);
  FoundPairs found = SameKeys(a, b);
  if (!found.rows.empty()) return found;
  return absl::InvalidArgumentError(
      absl::StrCat(plan.a, " and ", plan.b,
                   " have no key in common; give a dictionary with --dict"));
}

MatrixView KnownVectors(const Model& model) {
  MatrixView view = model.vectors();
  view.rows = KnownKeys(model);
  return view;
}

// A row for each way to find partners.
absl::Status WriteScores(const AlignPlan& plan, const EmbeddingTable& mapped,
                         const Model& a, const Model& b,
                         const FoundPairs& test) {
  MatrixView view = mapped.view();
  view.rows = KnownKeys(a);
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit_a, UnitRows(view));
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit_b,
                         UnitRows(KnownVectors(b)));
  ResultTable table({"measure", "precision_at_1", "precision_at_5",
                     "precision_at_10", "queries", "used", "total"});
  for (const auto& [measure, name] :
       {std::pair{RetrievalMeasure::kCosine, "cosine"},
        std::pair{RetrievalMeasure::kCsls, "csls"}}) {
    const RetrievalScores scores = EvaluateRetrieval(
        unit_a.view(), unit_b.view(), test.rows, measure, Cutoffs(),
        plan.options.csls_neighbors, plan.options.threads);
    table.Add({std::string(name), scores.precision[0], scores.precision[1],
               scores.precision[2], static_cast<int64_t>(scores.queries),
               static_cast<int64_t>(test.rows.size()),
               static_cast<int64_t>(test.total)});
  }
  return WriteTable(plan.result, table);
}

// A's keys with their new vectors. It is no longer a model to train: its other
// table lies in the old space.
absl::Status WriteMapped(const AlignPlan& plan, Model a,
                         EmbeddingTable mapped) {
  Model model;
  model.info.mode = "vectors";
  model.info.seed = a.info.seed;
  model.info.source_name = a.info.source_name;
  model.info.source_bytes = a.info.source_bytes;
  model.info.options = std::move(a.info.options);
  model.info.options["aligned_to"] = FileCell(plan.b);
  model.vocabulary = std::move(a.vocabulary);
  model.input = std::move(mapped);
  EMBED_ASSIGN_OR_RETURN(
      const std::vector<std::string> notes,
      WriteOutputs(model, *plan.output, plan.options.threads));
  for (const std::string& note : notes) Say(note);
  return absl::OkStatus();
}

}  // namespace

CommandInfo AlignCommandInfo() {
  CommandInfo info;
  info.name = "embedalign";
  info.summary = "turns vectors into the space of others, by a dictionary";
  info.synopsis = "embedalign --dict PAIRS [flags] A B";
  info.examples = {
      "embedalign --dict pairs.tsv --output turned karate.embed other.embed",
      "embedalign --same_keys --test pairs.tsv karate.embed other.embed"};
  info.notes =
      "A and B are files of vectors of any kind that embedconvert reads, with\n"
      "the same number of dimensions. The map is the rotation (or reflection)\n"
      "that brings the keys of A nearest to their partners in B (orthogonal\n"
      "Procrustes); lengths and angles within A stay. With --normalize l2\n"
      "vectors are scaled to length 1 before.\n"
      "--test prints the share of A's keys with a partner among the 1, 5 and\n"
      "10 nearest keys of B, by cosine and by CSLS, which makes up for keys\n"
      "that are near to everything. Several partners of a key: any counts.\n"
      "used, total: pairs of the file with both vectors, and all.\n"
      "--output PREFIX writes A's keys with their new vectors as PREFIX.embed\n"
      "and PREFIX.faiss, and what --export names; without it no file.\n";
  info.groups = {{"Alignment",
                  {"dict", "same_keys", "test", "normalize", "refine",
                   "refine_vocab", "restrict_vocab", "csls_k"}},
                 {"Output", {"output", "export", "out", "output_format"}},
                 RunningFlagGroup()};
  return info;
}

absl::Status RunAlign(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const AlignPlan plan, ReadAlignPlan(arguments));
  EMBED_ASSIGN_OR_RETURN(Model a, Load(plan.a, plan));
  EMBED_ASSIGN_OR_RETURN(const Model b, Load(plan.b, plan));
  EMBED_ASSIGN_OR_RETURN(const FoundPairs pairs, TrainingPairs(plan, a, b));
  FoundPairs test;
  if (!FLAGS_test.empty()) {
    EMBED_ASSIGN_OR_RETURN(test, FindPairs(FLAGS_test, a, b));
  }
  Say(absl::StrCat("dictionary: ", pairs.rows.size(), " of ", pairs.total,
                   " pairs have both vectors"));
  EMBED_ASSIGN_OR_RETURN(
      const Alignment alignment,
      Align(KnownVectors(a), KnownVectors(b), pairs.rows, plan.options));
  if (plan.options.refinements > 0) {
    Say(absl::StrCat("refined from ", alignment.pairs,
                     " pairs that are each other's nearest"));
  }
  EMBED_ASSIGN_OR_RETURN(
      EmbeddingTable mapped,
      ApplyMap(a.vectors(), alignment.map, plan.options.threads));
  if (!FLAGS_test.empty()) {
    EMBED_RETURN_IF_ERROR(WriteScores(plan, mapped, a, b, test));
  }
  if (!plan.output.has_value()) return absl::OkStatus();
  return WriteMapped(plan, std::move(a), std::move(mapped));
}

}  // namespace embed
