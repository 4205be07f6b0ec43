#include "apps/train_command.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "apps/checkpoints.h"
#include "apps/common/available_memory.h"
#include "apps/common/checkpoint_flags.h"
#include "apps/common/epoch_evaluator.h"
#include "apps/common/eval_flags.h"
#include "apps/common/graph_flags.h"
#include "apps/common/human_format.h"
#include "apps/common/index_flags.h"
#include "apps/common/init_flags.h"
#include "apps/common/input_files.h"
#include "apps/common/line_flags.h"
#include "apps/common/memory_flags.h"
#include "apps/common/metapath_flags.h"
#include "apps/common/output_file.h"
#include "apps/common/output_flags.h"
#include "apps/common/phrase_flags.h"
#include "apps/common/progress.h"
#include "apps/common/relation_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/stop_signal.h"
#include "apps/common/subword_flags.h"
#include "apps/common/text_flags.h"
#include "apps/common/training_flags.h"
#include "apps/common/walk_flags.h"
#include "apps/initial_tables.h"
#include "apps/mode.h"
#include "apps/model_outputs.h"
#include "apps/phrase_pass.h"
#include "apps/training_memory.h"
#include "apps/training_schedule.h"
#include "apps/walk_output.h"
#include "apps/window_method.h"
#include "embed/base/checked_math.h"
#include "embed/base/hash.h"
#include "embed/base/status_macros.h"
#include "embed/io/model_file.h"
#include "embed/kernels/cpu_target.h"
#include "embed/train/trainer.h"

DEFINE_string(mode, "", "what to learn; see above");

namespace embed {
namespace {

// Everything the flags say, checked.
struct TrainPlan {
  const Mode* mode = nullptr;
  std::string input;
  std::vector<std::string> more_inputs;  // of a mode that reads text
  int threads = 1;
  TrainingFlags training;
  CheckpointFlags checkpoints;
  InitFlags init;
  std::string start;  // InitialTables::identity() of the model to go on from
  EvalPlan eval;
  OutputPlan output;
  std::string walks_only;  // write the walks here; "": train
  PhrasePassFlags phrases;

  bool trains() const { return walks_only.empty() && !phrases.wanted(); }
};

absl::StatusOr<TrainPlan> MakePlan(const Arguments& arguments) {
  TrainPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.mode, FindMode(FLAGS_mode));
  EMBED_RETURN_IF_ERROR(CheckNoWordsChosen());
  EMBED_RETURN_IF_ERROR(ApplyMode(*plan.mode));
  EMBED_ASSIGN_OR_RETURN(plan.more_inputs,
                         ReadInputs(arguments, ReadsText(*plan.mode)));
  plan.input = plan.more_inputs.front();
  plan.more_inputs.erase(plan.more_inputs.begin());
  EMBED_ASSIGN_OR_RETURN(plan.threads, ApplyRunningFlags());
  EMBED_RETURN_IF_ERROR(ApplyMemoryLimit());
  EMBED_ASSIGN_OR_RETURN(plan.training, ReadTrainingFlags(plan.threads));
  EMBED_ASSIGN_OR_RETURN(plan.checkpoints, ReadCheckpointFlags());
  EMBED_ASSIGN_OR_RETURN(plan.init, ReadInitFlags());
  EMBED_ASSIGN_OR_RETURN(plan.eval, ReadEvalFlags());
  EMBED_RETURN_IF_ERROR(CheckStrokesReport(Uses(*plan.mode, "stroke_min")));
  EMBED_ASSIGN_OR_RETURN(plan.walks_only,
                         ReadWalksOnly(Uses(*plan.mode, "walk_length")));
  EMBED_ASSIGN_OR_RETURN(
      plan.phrases,
      ReadPhrasePassFlags(Uses(*plan.mode, "phrases"), plan.threads));
  EMBED_ASSIGN_OR_RETURN(
      plan.output, ReadOutputFlags(plan.trains() ? plan.input : "nothing"));
  if (!Uses(*plan.mode, "relation_gate")) plan.output.relations_path.clear();
  plan.training.trainer.checkpoint_seconds = plan.checkpoints.every_seconds;
  plan.training.trainer.progress_seconds =
      SecondsBetweenReports(plan.output.progress);
  return plan;
}

// Every option that shapes the result, with its value: the mode's, and what
// decides which epoch's tables are the result.
std::map<std::string, std::string> ResultOptions(const TrainPlan& plan) {
  std::map<std::string, std::string> options = ModeOptions(*plan.mode);
  if (plan.start.empty()) {
    options.erase("init_from");
    options.erase("forget_missing");
  } else {
    options["init_from"] = plan.start;
  }
  if (plan.eval.patience > 0) {
    options["eval"] =
        absl::StrCat(plan.eval.task, ":",
                     std::filesystem::path(plan.eval.path).filename().string());
    options["patience"] = absl::StrCat(plan.eval.patience);
  }
  return options;
}

void SayPlan(const TrainPlan& plan) {
  Say(absl::StrCat("mode ", plan.mode->name, ": ", plan.mode->about));
  const auto options = ResultOptions(plan);
  Say(absl::StrCat(
      "settings: ", absl::StrJoin(options, " ", absl::PairFormatter("=")),
      " seed=", plan.training.seed));
  Say(absl::StrCat("threads: ", plan.threads, ", kernels: ", CpuTargetInUse()));
}

// Bytes of a file, 0 if it has no size (standard input).
uint64_t FileBytes(const std::string& path) {
  if (path == "-") return 0;
  std::error_code error;
  const uint64_t bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

// Of all input files.
uint64_t InputBytes(const TrainPlan& plan) {
  uint64_t bytes = FileBytes(plan.input);
  for (const std::string& path : plan.more_inputs) bytes += FileBytes(path);
  return bytes;
}

LoadContext ContextOf(const TrainPlan& plan) {
  LoadContext context{plan.input, &plan.training, plan.threads,
                      plan.output.progress};
  context.more_inputs = plan.more_inputs;
  return context;
}

ModelInfo DescribeRun(const TrainPlan& plan, const TrainingInput& input,
                      const TrainingSchedule& schedule) {
  ModelInfo info;
  info.mode = plan.mode->name;
  info.vectors = input.vectors;
  info.seed = plan.training.seed;
  info.options = ResultOptions(plan);
  info.options.insert(schedule.options.begin(), schedule.options.end());
  if (plan.input != "-") {
    info.source_name = std::filesystem::path(plan.input).filename().string();
    if (!plan.more_inputs.empty()) {
      absl::StrAppend(&info.source_name, " and ", plan.more_inputs.size(),
                      " more");
    }
    info.source_bytes = InputBytes(plan);
  }
  return info;
}

// The most that the process will take beside what it holds: the tables, the
// codes of the features' rows, the index.
uint64_t MemoryToTake(const TrainingInput& input, const TrainingShape& shape,
                      const IndexPlan& plan) {
  const uint64_t codes = input.features.rows().size() * sizeof(uint32_t);
  const uint64_t index =
      SaturatingAdd(IndexBytes(plan, input.vocabulary.size(), shape.dim),
                    input.vocabulary.text().size());
  return SaturatingAdd(MostMemory(shape, index), codes);
}

// Says what the training takes and refuses what the memory does not hold.
absl::Status CheckPlan(const TrainPlan& plan, const TrainingInput& input,
                       const TrainingMethod& method) {
  TrainingShape shape = method.Shape();
  shape.timed_checkpoints = plan.checkpoints.every_seconds > 0;
  shape.keeps_best = plan.eval.patience > 0;
  shape.schedule_bytes =
      ScheduleBytes(plan.training, input.tokens_per_epoch, input.sequences_of);
  const TrainingMemory memory = MemoryOf(shape);
  const std::string dims =
      shape.output_dim > 0 && shape.output_dim != shape.dim
          ? absl::StrCat(shape.dim, " and ", shape.output_dim)
          : absl::StrCat(shape.dim);
  Say(absl::StrFormat(
      "tables: %d + %d rows of %s numbers, %s; epochs: %d, of %s tokens",
      shape.inputs, shape.outputs, dims, MemoryText(memory),
      plan.training.trainer.epochs,
      FormatCount(static_cast<double>(input.tokens_per_epoch))));
  const uint64_t bytes = MemoryToTake(input, shape, plan.output.index);
  // Reading may have held more than training will.
  const uint64_t peak =
      std::max(PeakMemory(), SaturatingAdd(UsedMemory(), bytes));
  Say(absl::StrCat("memory: ", FormatBytes(peak),
                   " expected at most, the index included"));
  return CheckMemory("the training", bytes, "a smaller --dim helps");
}

// The pairs as one text; two lists with the same text are the same.
std::string PairsText(const std::vector<WordPair>& pairs) {
  return absl::StrJoin(pairs, "\n", [](std::string* text, const auto& pair) {
    absl::StrAppendFormat(text, "%s\t%s\t%.17g", pair.first, pair.second,
                          pair.score);
  });
}

// Names of what shapes the tables, with its values. Threads and whatever only
// concerns reporting and output do not.
TrainingIdentity IdentityOf(const TrainPlan& plan, const TrainingInput& input,
                            const TrainingSchedule& schedule) {
  const Vocabulary& words = input.vocabulary;
  const auto hash = [](auto values) {
    return absl::Hex(
        Hash64(values.data(), values.size() * sizeof(*values.data())),
        absl::kZeroPad16);
  };
  TrainingIdentity identity = ResultOptions(plan);
  identity["mode"] = plan.mode->name;
  identity["seed"] = absl::StrCat(plan.training.seed);
  if (plan.eval.patience > 0) {
    const std::string pairs = PairsText(plan.eval.pairs);
    identity["eval pairs"] =
        absl::StrCat(plan.eval.pairs.size(), " of hash ", hash(pairs));
  }
  identity["schedule"] = schedule.options.empty() ? "hogwild" : "partitioned";
  identity.insert(schedule.options.begin(), schedule.options.end());
  // Of each file: their order is that of the chunks.
  std::string bytes = absl::StrCat(FileBytes(plan.input));
  for (const std::string& path : plan.more_inputs) {
    absl::StrAppend(&bytes, "+", FileBytes(path));
  }
  identity["input bytes"] = bytes;
  if (!input.phrases.empty()) identity["phrases"] = input.phrases;
  identity["tokens"] = absl::StrCat(input.tokens_per_epoch);
  identity["vocabulary"] =
      absl::StrCat(words.size(), " keys ", hash(words.text()),
                   hash(words.offsets()), hash(words.counts()));
  if (!input.features.empty()) {
    identity["features"] = absl::StrCat(
        input.features.num_rows(), " rows ", hash(input.features.offsets()),
        hash(input.features.rows()), hash(input.features.row_keys()));
  }
  return identity;
}

// After the training was stopped by a signal: how to go on, and the exit code.
absl::Status EndBySignal(const Checkpoints& checkpoints) {
  const int number = StopSignals::Received();
  const char* const name = number == SIGINT ? "SIGINT" : "SIGTERM";
  Say(checkpoints.status().ok()
          ? absl::StrCat("stopped by ", name, "; wrote ", checkpoints.path(),
                         ": the same command with --resume goes on from it")
          : absl::StrCat("stopped by ", name, ", without a checkpoint"));
  return ExitWith(128 + number);
}

void SayResult(const TrainResult& result, double subsample) {
  Say(absl::StrFormat(
      "trained %s examples in %s (%s examples/s), mean loss %.4f",
      FormatCount(static_cast<double>(result.stats.examples)),
      FormatSeconds(result.seconds),
      FormatCount(static_cast<double>(result.stats.examples) /
                  (result.seconds > 0 ? result.seconds : 1)),
      result.mean_loss));
  if (result.stats.examples == 0) {
    Say(absl::StrCat(
        "warning: nothing was trained on, so the vectors are as they started: "
        "no sequence of the input has two of the keys",
        subsample > 0 ? ", or --subsample left them out (0: off)" : "",
        " (with --vocab_in, are they words of this text?)"));
  }
}

// Null without --eval.
absl::StatusOr<std::unique_ptr<EpochEvaluator>> MakeEvaluator(
    const TrainPlan& plan, const TrainingInput& input, Checkpoints* checkpoints,
    Model* model) {
  if (!plan.eval.wanted()) return nullptr;
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<EpochEvaluator> evaluator,
                         EpochEvaluator::Create(plan.eval, input.vocabulary,
                                                model, &input.features));
  checkpoints->extra = [e = evaluator.get()] { return e->CheckpointExtra(); };
  checkpoints->add = [e = evaluator.get()](Checkpoint* checkpoint) {
    e->AddBestTables(checkpoint);
  };
  return evaluator;
}

// The checkpoint to go on from; null to start from the beginning.
absl::StatusOr<const Checkpoint*> OpenCheckpoint(const TrainPlan& plan,
                                                 Checkpoints* checkpoints,
                                                 EpochEvaluator* evaluator) {
  if (!plan.checkpoints.resume) {
    checkpoints->SayIfThere();
    return nullptr;
  }
  EMBED_ASSIGN_OR_RETURN(Checkpoint* const checkpoint, checkpoints->Open());
  if (checkpoint != nullptr && evaluator != nullptr) {
    EMBED_RETURN_IF_ERROR(evaluator->Restore(checkpoint));
  }
  return checkpoint;
}

// After a whole training: its evaluation's error, or the best tables.
absl::Status EndEvaluation(EpochEvaluator* evaluator) {
  if (evaluator == nullptr) return absl::OkStatus();
  EMBED_RETURN_IF_ERROR(evaluator->status());
  const uint32_t epoch = evaluator->PutBestBack();
  if (epoch > 0) {
    Say(absl::StrCat("tables: those of epoch ", epoch, ", the best"));
  }
  return absl::OkStatus();
}

absl::Status Train(const TrainPlan& plan, const TrainingInput& input,
                   const Objective& objective, Schedule* schedule,
                   Checkpoints* checkpoints, Model* model) {
  EMBED_ASSIGN_OR_RETURN(const Trainer trainer,
                         Trainer::Create(plan.training.trainer));
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<EpochEvaluator> evaluator,
                         MakeEvaluator(plan, input, checkpoints, model));
  ProgressPrinter printer(plan.output.progress);
  const EpochCallback evaluate = evaluator != nullptr
                                     ? evaluator->Hook(&printer)
                                     : [](const EpochReport&) { return true; };
  TrainHooks hooks;
  hooks.progress = [&](const TrainProgress& progress) {
    printer.Print(progress);
    return true;
  };
  hooks.epoch = [&](const EpochReport& report) {
    printer.PrintEpoch(report);
    return evaluate(report);
  };
  hooks.stop = [] { return StopSignals::Received() != 0; };
  hooks.checkpoints = checkpoints;
  EMBED_ASSIGN_OR_RETURN(hooks.resume,
                         OpenCheckpoint(plan, checkpoints, evaluator.get()));
  const StopSignals signals;
  const absl::StatusOr<TrainResult> result =
      trainer.Run(schedule, objective, hooks);
  if (absl::IsCancelled(result.status()) && StopSignals::Received() != 0) {
    return EndBySignal(*checkpoints);
  }
  if (absl::IsFailedPrecondition(result.status()) && checkpoints->has_file()) {
    return absl::FailedPreconditionError(
        absl::StrCat(result.status().message(), "; what it was before is in ",
                     checkpoints->path()));
  }
  EMBED_RETURN_IF_ERROR(result.status());
  SayResult(*result, plan.training.windows.subsample);
  return EndEvaluation(evaluator.get());
}

// What --walks_only asks for in place of a training.
absl::Status WriteWalksOnly(const TrainPlan& plan) {
  if (plan.walks_only != "-") {
    EMBED_RETURN_IF_ERROR(
        CheckOutputFile("--walks_only", plan.walks_only, {plan.input}));
  }
  SayPlan(plan);
  LoadContext context = ContextOf(plan);
  context.walks_only = true;
  EMBED_ASSIGN_OR_RETURN(const TrainingInput input, plan.mode->load(context));
  for (const std::string& note : input.notes) Say("input: " + note);
  return WriteWalks(input.source.get(), input.vocabulary,
                    plan.training.trainer.epochs, plan.threads,
                    plan.walks_only);
}

// What --find_phrases and --joined_text ask for in place of a training.
absl::Status FindPhrasesOnly(const TrainPlan& plan) {
  std::vector<std::string> inputs = plan.more_inputs;
  inputs.insert(inputs.begin(), plan.input);
  EMBED_ASSIGN_OR_RETURN(const TextFlags text,
                         ReadTextFlags(std::move(inputs), plan.threads));
  EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> notes,
                         RunPhrasePass(text, plan.phrases));
  for (const std::string& note : notes) Say(note);
  return absl::OkStatus();
}

}  // namespace

CommandInfo TrainCommandInfo() {
  CommandInfo info;
  info.name = "embedtrain";
  info.summary = "learns vectors of words or nodes and an index to search them";
  info.synopsis =
      "embedtrain --mode MODE [flags] INPUT [TEXT ...]   (- is stdin)";
  info.examples = {
      "embedtrain --mode deepwalk karate.edgelist",
      "embedtrain --mode word2vec --dim 64 --export vec corpus.txt",
  };
  info.notes = ModesHelp();
  info.defaults_elsewhere = FlagsByMode();
  info.groups = {
      {"What", {"mode"}},  OutputFlagGroup(),     IndexFlagGroup(),
      TrainingFlagGroup(), TextFlagGroup(),       PhraseFlagGroup(),
      StrokeFlagGroup(),   SubwordFlagGroup(),    GraphFlagGroup(),
      WalkFlagGroup(),     LineFlagGroup(),       MetapathFlagGroup(),
      RelationFlagGroup(), CheckpointFlagGroup(), InitFlagGroup(),
      EvalFlagGroup(),     MemoryFlagGroup(),     RunningFlagGroup()};
  return info;
}

absl::Status RunTrain(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(TrainPlan plan, MakePlan(arguments));
  if (!plan.walks_only.empty()) return WriteWalksOnly(plan);
  if (plan.phrases.wanted()) return FindPhrasesOnly(plan);
  std::vector<std::string> inputs = {plan.input};
  inputs.insert(inputs.end(), plan.more_inputs.begin(), plan.more_inputs.end());
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<OutputLock> lock,
                         ClaimOutputs(plan.output, inputs));
  EMBED_ASSIGN_OR_RETURN(
      InitialTables start,
      InitialTables::Load(plan.init, plan.mode->name, plan.training));
  plan.start = start.identity();
  SayPlan(plan);
  EMBED_ASSIGN_OR_RETURN(TrainingInput input, plan.mode->load(ContextOf(plan)));
  ChoosePairGrouping(input.group_by, input.group_passes, &plan.training);
  EMBED_RETURN_IF_ERROR(start.Extend(&input));
  for (const std::string& note : input.notes) Say("input: " + note);
  if (input.method == nullptr) {
    input.method = NewWindowMethod(plan.training, input);
  }
  EMBED_RETURN_IF_ERROR(CheckPlan(plan, input, *input.method));
  Model model;
  EMBED_RETURN_IF_ERROR(
      input.method->CreateTables(plan.training.seed, plan.threads, &model));
  start.MoveRows(&model);
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<Objective> objective,
                         input.method->CreateObjective(&model));
  EMBED_ASSIGN_OR_RETURN(
      const TrainingSchedule schedule,
      MakeSchedule(plan.training, model.output.rows(), input.tokens_per_epoch,
                   *objective, input.source.get()));
  if (!schedule.note.empty()) Say(schedule.note);
  Checkpoints checkpoints(plan.output.checkpoint_path,
                          IdentityOf(plan, input, schedule));
  model.info = DescribeRun(plan, input, schedule);
  EMBED_RETURN_IF_ERROR(Train(plan, input, *objective, schedule.schedule.get(),
                              &checkpoints, &model));
  EMBED_RETURN_IF_ERROR(input.method->Finish(&model));
  // The source looks into what the model takes over.
  input.source.reset();
  model.vocabulary = std::move(input.vocabulary);
  model.features = std::move(input.features);
  model.feature_source = std::move(input.feature_source);
  EMBED_RETURN_IF_ERROR(ComposeVectors(model.features, plan.threads, &model));
  EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> notes,
                         WriteOutputs(model, plan.output, plan.threads));
  checkpoints.Remove();
  for (const std::string& note : notes) Say(note);
  Say(absl::StrCat("memory: ", FormatBytes(PeakMemory()), " at most"));
  Say(absl::StrCat("next: embedquery --index ", plan.output.index_path, " \"",
                   model.vocabulary.key(0), "\""));
  return absl::OkStatus();
}

}  // namespace embed
