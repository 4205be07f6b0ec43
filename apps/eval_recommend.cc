#include "apps/eval_recommend.h"

#include <gflags/gflags.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/output_file.h"
#include "apps/common/ranking_flags.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "apps/recommendation_input.h"
#include "apps/stored_vectors.h"
#include "embed/base/status_macros.h"
#include "embed/model/select_rows.h"

DEFINE_string(sequences, "",
              "a line a user: ITEM ITEM ..., or USER tab ITEM ITEM ...; in "
              "order, blanks between items");
DEFINE_string(events, "", "a line an event: USER tab ITEM, or with tab TIME");
DEFINE_string(histories, "",
              "file for the histories, to train on: a line a user, without "
              "the held-out item");
DECLARE_string(model);
DECLARE_string(vectors);
DECLARE_string(train);
DECLARE_string(test);

namespace embed {
namespace {

struct RecommendPlan {
  bool evaluate = true;  // else the histories are written only
  VectorsPlan vectors;
  std::vector<uint64_t> cutoffs;
  int threads = 1;
  StoredVectorsPlan stored;
  ResultPlan result;
};

absl::StatusOr<RecommendPlan> ReadRecommendPlan(const Arguments& arguments) {
  RecommendPlan plan;
  if (!arguments.empty()) {
    return UsageError(
        absl::StrCat("\"", arguments[0], "\": files are given by flags"));
  }
  const bool parts = !FLAGS_train.empty() && !FLAGS_test.empty();
  const bool half = FLAGS_train.empty() != FLAGS_test.empty();
  const int inputs =
      int{!FLAGS_sequences.empty()} + int{!FLAGS_events.empty()} + int{parts};
  if (inputs != 1 || half) {
    return UsageError(
        "one input is needed: --sequences FILE, --events FILE, or --train "
        "FILE and --test FILE");
  }
  plan.evaluate =
      FLAGS_histories.empty() || !FLAGS_model.empty() || !FLAGS_vectors.empty();
  if (plan.evaluate) {
    EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  }
  EMBED_ASSIGN_OR_RETURN(plan.cutoffs, ReadCutoffs());
  EMBED_ASSIGN_OR_RETURN(plan.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(
      plan.stored, ReadStoredVectorsFlags(/*unit_length=*/true, plan.threads));
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  if (!FLAGS_histories.empty() && FLAGS_histories != "-") {
    EMBED_RETURN_IF_ERROR(
        CheckOutputFile("--histories", FLAGS_histories,
                        {FLAGS_sequences, FLAGS_events, FLAGS_train, FLAGS_test,
                         FLAGS_model, FLAGS_vectors}));
  }
  return plan;
}

absl::StatusOr<DividedInteractions> ReadParts() {
  constexpr auto kEvents = InteractionLayout::kEvents;
  if (!FLAGS_train.empty()) {
    EMBED_ASSIGN_OR_RETURN(Interactions train,
                           ReadInteractions(FLAGS_train, kEvents));
    EMBED_ASSIGN_OR_RETURN(const Interactions test,
                           ReadInteractions(FLAGS_test, kEvents));
    return JoinParts(std::move(train), test);
  }
  EMBED_ASSIGN_OR_RETURN(
      Interactions all,
      FLAGS_events.empty()
          ? ReadInteractions(FLAGS_sequences, InteractionLayout::kSequences)
          : ReadInteractions(FLAGS_events, kEvents));
  return LeaveLastOut(std::move(all));
}

void AddRows(const std::string& method, const std::string& suffix,
             const std::vector<RecommendationScores>& results,
             const RecommendationInput& input, ResultTable* table,
             LinePlot* plot) {
  PlotSeries hits = {absl::StrCat("hit rate, ", method, suffix), {}};
  PlotSeries gains = {absl::StrCat("NDCG, ", method, suffix), {}};
  for (const RecommendationScores& scores : results) {
    table->Add({method, static_cast<int64_t>(scores.k), scores.hit_rate,
                scores.ndcg, scores.recall, scores.mrr, scores.coverage,
                static_cast<int64_t>(input.cases.size()),
                static_cast<int64_t>(input.total_users),
                static_cast<int64_t>(input.rows.size()),
                static_cast<int64_t>(input.total_items)});
    hits.points.push_back({static_cast<double>(scores.k), scores.hit_rate, 0});
    gains.points.push_back({static_cast<double>(scores.k), scores.ndcg, 0});
  }
  plot->series.push_back(std::move(hits));
  plot->series.push_back(std::move(gains));
}

}  // namespace

CommandInfo RecommendTaskInfo() {
  CommandInfo info;
  info.name = "embedeval recommend";
  info.summary = "held-out items by users' histories: hit rate, NDCG, MRR";
  info.synopsis =
      "embedeval recommend --model FILE --sequences FILE [flags]\n"
      "Each user's last item is held out; or --train and --test give "
      "histories and\nheld-out items. A user's query is the mean of the "
      "history's vectors, each scaled\nto length 1; all items of the files "
      "that have a vector are ranked by cosine,\nwithout those of the "
      "history. Beside it the same for popularity, the occurrences\nin all "
      "histories. The vectors must not come from the held-out items: "
      "--histories\nwrites what to train on, and without --model that is "
      "all that is done.\n"
      "hit_rate: users with a held-out item among the first k; recall: share "
      "of the\nheld-out items; ndcg: with log2 discount; mrr: 1 / rank of "
      "the first held-out item,\nnot cut off; coverage: share of the items "
      "that any user is shown. Users count if\nan item of the history and a "
      "held-out one that is not of it have vectors: see\nusers, users_total.";
  info.examples = {
      "embedeval recommend --sequences baskets.txt --histories kept.txt",
      "embedeval recommend --model items.embed --sequences baskets.txt "
      "--cutoffs 5,10"};
  info.groups = {
      VectorsFlagGroup(/*with_normalize=*/false),
      {"Recommendation",
       {"sequences", "events", "train", "test", "histories", "cutoffs"}},
      ResultFlagGroup(/*with_plot=*/true),
      RunningFlagGroup()};
  AddStoredVectorsFlag(&info);
  return info;
}

absl::Status RunRecommendTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const RecommendPlan plan,
                         ReadRecommendPlan(arguments));
  EMBED_ASSIGN_OR_RETURN(const DividedInteractions parts, ReadParts());
  if (!FLAGS_histories.empty()) {
    EMBED_ASSIGN_OR_RETURN(const std::string text, HistoryText(parts));
    EMBED_RETURN_IF_ERROR(WriteText(FLAGS_histories, text));
  }
  if (!plan.evaluate) return absl::OkStatus();
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  EMBED_ASSIGN_OR_RETURN(const RecommendationInput input,
                         JoinModel(parts, vectors.vocabulary));
  ResultTable table({"method", "k", "hit_rate", "ndcg", "recall", "mrr",
                     "coverage", "users", "users_total", "items",
                     "items_total"});
  LinePlot plot;
  plot.title = "Held-out items among the first k";
  plot.x_label = "k";
  plot.num_colors = 2;
  EMBED_RETURN_IF_ERROR(ForEachCodec(
      plan.stored, vectors.view(), &table,
      [&](const MatrixView& rows, const std::string& suffix) -> absl::Status {
        EMBED_ASSIGN_OR_RETURN(const EmbeddingTable items,
                               SelectRows(rows, input.rows));
        EMBED_ASSIGN_OR_RETURN(const std::vector<RecommendationScores> scores,
                               RecommendByHistory(items.view(), input.cases,
                                                  plan.cutoffs, plan.threads));
        AddRows("vectors", suffix, scores, input, &table, &plot);
        return absl::OkStatus();
      }));
  AddRows("popularity", "",
          RecommendByPopularity(input.popularity, input.cases, plan.cutoffs,
                                plan.threads),
          input, &table, &plot);
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

}  // namespace embed
