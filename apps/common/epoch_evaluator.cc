#include "apps/common/epoch_evaluator.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/json_number.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

using Json = nlohmann::ordered_json;

// Those of the tables kept, in their order.
constexpr const char* kBestNames[] = {"best_input", "best_output"};

bool IsBestTable(const Checkpoint::Array& array) {
  return std::find(std::begin(kBestNames), std::end(kBestNames), array.name) !=
         std::end(kBestNames);
}

absl::Status ParseState(const std::string& extra, EarlyStop::State* state) {
  const Json json = Json::parse(extra, nullptr, /*allow_exceptions=*/false);
  const auto is_count = [&](const char* name) {
    return json.is_object() && json.contains(name) &&
           json[name].is_number_unsigned() &&
           json[name] <= std::numeric_limits<uint32_t>::max();
  };
  if (!is_count("best_epoch") || !is_count("stale_epochs")) {
    return absl::DataLossError(
        "the checkpoint has no state of --eval, or a damaged one");
  }
  state->best_epoch = json["best_epoch"].get<uint32_t>();
  state->stale_epochs = json["stale_epochs"].get<uint32_t>();
  // No score is null, which stays NaN.
  if (json.contains("best_score") && json["best_score"].is_number()) {
    state->best_score = json["best_score"].get<double>();
  }
  return absl::OkStatus();
}

}  // namespace

EpochEvaluator::EpochEvaluator(const EvalPlan& plan, WordSimilarity similarity,
                               Model* model, const FeatureMap* features)
    : task_(plan.task),
      file_(std::filesystem::path(plan.path).filename().string()),
      similarity_(std::move(similarity)),
      model_(model),
      features_(features),
      stop_(plan.patience) {}

absl::StatusOr<std::unique_ptr<EpochEvaluator>> EpochEvaluator::Create(
    const EvalPlan& plan, const Vocabulary& vocabulary, Model* model,
    const FeatureMap* features) {
  WordSimilarity similarity(plan.pairs, vocabulary);
  if (similarity.used() < 2) {
    return absl::FailedPreconditionError(absl::StrCat(
        plan.path, ": ", similarity.used(), " of its ", similarity.total(),
        " pairs have both keys in the vocabulary; expected 2 or more: does the "
        "file fit the input?"));
  }
  // make_unique has no access to the constructor.
  std::unique_ptr<EpochEvaluator> evaluator(
      new EpochEvaluator(plan, std::move(similarity), model, features));
  if (evaluator->keeps_tables()) {
    EMBED_ASSIGN_OR_RETURN(evaluator->kept_,
                           KeptTables::Create({&model->input, &model->output}));
  }
  return evaluator;
}

absl::StatusOr<EvalReport> EpochEvaluator::AfterEpoch(uint32_t epoch) {
  EvalReport report;
  report.epoch = epoch;
  report.task = task_;
  report.file = file_;
  if (features_ != nullptr) {
    EMBED_RETURN_IF_ERROR(ComposeVectors(*features_, /*threads=*/1, model_));
  }
  EMBED_ASSIGN_OR_RETURN(report.result,
                         similarity_.Evaluate(model_->vectors()));
  if (stop_.Observe(epoch, report.result.spearman) && keeps_tables()) {
    kept_.Keep({&model_->input, &model_->output});
  }
  report.best = stop_.state();
  report.stop = stop_.done();
  return report;
}

EpochCallback EpochEvaluator::Hook(ProgressPrinter* printer) {
  return [this, printer](const EpochReport& epoch) {
    const absl::StatusOr<EvalReport> report = AfterEpoch(epoch.epoch);
    status_.Update(report.status());
    if (!report.ok()) return false;
    printer->PrintResult(EvalReportText(*report), EvalReportJson(*report));
    return !report->stop;
  };
}

uint32_t EpochEvaluator::PutBestBack() {
  if (!has_best_tables()) return 0;
  kept_.PutBack({&model_->input, &model_->output});
  return stop_.state().best_epoch;
}

std::string EpochEvaluator::CheckpointExtra() const {
  const EarlyStop::State& state = stop_.state();
  Json json;
  json["best_epoch"] = state.best_epoch;
  // As many digits as give the same double back.
  json["best_score"] = NumberOrNull(state.best_score);
  json["stale_epochs"] = state.stale_epochs;
  return json.dump();
}

void EpochEvaluator::AddBestTables(Checkpoint* checkpoint) const {
  if (!has_best_tables()) return;
  const std::vector<absl::Span<const float>> values = kept_.Values();
  for (size_t i = 0; i < values.size(); ++i) {
    checkpoint->arrays.push_back({kBestNames[i], values[i]});
  }
}

absl::Status EpochEvaluator::Restore(Checkpoint* checkpoint) {
  EarlyStop::State state;
  EMBED_RETURN_IF_ERROR(ParseState(checkpoint->extra, &state));
  EMBED_RETURN_IF_ERROR(stop_.Restore(state));
  std::vector<Checkpoint::Array>& arrays = checkpoint->arrays;
  const auto best = std::stable_partition(
      arrays.begin(), arrays.end(),
      [](const auto& array) { return !IsBestTable(array); });
  std::vector<absl::Span<const float>> values;
  for (auto array = best; array != arrays.end(); ++array) {
    values.push_back(array->values);
  }
  arrays.erase(best, arrays.end());
  return has_best_tables() ? kept_.Restore(values) : absl::OkStatus();
}

}  // namespace embed
