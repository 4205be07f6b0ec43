#include "tests/quality/quality_runs.h"

#include <cstdint>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "embed/base/status_macros.h"
#include "embed/eval/analogy.h"
#include "embed/eval/classification.h"
#include "embed/eval/label_file.h"
#include "embed/eval/nearest_rows.h"
#include "embed/eval/unit_rows.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "graph/graph_file.h"
#include "graph/walk_source.h"
#include "tests/embed/train/memory_source.h"
#include "tests/quality/planted_text.h"

namespace embed {
namespace {

struct Training {
  int dim = 32;
  WindowModelOptions model;
  TrainerOptions trainer;
};

absl::StatusOr<EmbeddingTable> Train(SequenceSource* source,
                                     const std::vector<uint64_t>& counts,
                                     const Training& training) {
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable input,
                         EmbeddingTable::Create(counts.size(), training.dim));
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable output,
                         EmbeddingTable::Create(counts.size(), training.dim));
  input.FillUniform(0.5f / static_cast<float>(training.dim),
                    training.model.seed, 1);
  EMBED_ASSIGN_OR_RETURN(
      const auto skip_gram,
      SkipGram::Create(training.model, counts, &input, &output));
  EMBED_ASSIGN_OR_RETURN(const Trainer trainer,
                         Trainer::Create(training.trainer));
  EMBED_RETURN_IF_ERROR(trainer.Run(source, *skip_gram, nullptr).status());
  return input;
}

absl::StatusOr<LoadedGraph> Load(const std::string& path) {
  GraphFileOptions options;
  options.path = path;
  return LoadGraph(options);
}

// DeepWalk: how often the walks visit a node is its count.
absl::StatusOr<EmbeddingTable> TrainWalks(const Graph& graph,
                                          const WalkOptions& walks,
                                          const Training& training) {
  EMBED_ASSIGN_OR_RETURN(const auto source, WalkSource::Create(graph, walks));
  std::vector<uint64_t> counts(graph.num_nodes());
  SequenceBatch batch;
  for (uint64_t chunk = 0; chunk < source->num_chunks(); ++chunk) {
    EMBED_RETURN_IF_ERROR(source->Read(0, chunk, &batch));
    for (const uint32_t id : batch.ids) ++counts[id];
  }
  return Train(source.get(), counts, training);
}

std::vector<uint32_t> AllIds(uint32_t size) {
  std::vector<uint32_t> ids(size);
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

// Who stayed with the instructor (Zachary 1977, table 3); the others followed
// the president.
const std::set<std::string>& InstructorsSide() {
  static const std::set<std::string> members = {
      "1",  "2",  "3",  "4",  "5",  "6",  "7",  "8", "9",
      "11", "12", "13", "14", "17", "18", "20", "22"};
  return members;
}

absl::StatusOr<double> SameSide(const MatrixView& vectors,
                                const Vocabulary& members) {
  constexpr uint64_t kNearest = 5;
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit, UnitRows(vectors));
  const std::vector<uint32_t> ids = AllIds(members.size());
  const auto side = [&](uint32_t id) {
    return InstructorsSide().count(std::string(members.key(id)));
  };
  int same = 0;
  int all = 0;
  const auto nearest = NearestRows(unit.view(), ids, kNearest, 1);
  for (const uint32_t id : ids) {
    for (const ScoredRow& row : nearest[id]) {
      same += side(id) == side(row.id) ? 1 : 0;
      ++all;
    }
  }
  return static_cast<double>(same) / all;
}

absl::StatusOr<double> SameTopic(const MatrixView& vectors,
                                 const PlantedText& text) {
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit, UnitRows(vectors));
  std::vector<uint32_t> ids;
  for (const uint32_t id : AllIds(text.vocabulary.size())) {
    if (text.topic_of[id] != PlantedText::kNoTopic) ids.push_back(id);
  }
  const auto nearest = NearestRows(unit.view(), ids, 1, 1);
  int same = 0;
  for (size_t i = 0; i < ids.size(); ++i) {
    same += text.topic_of[ids[i]] == text.topic_of[nearest[i][0].id] ? 1 : 0;
  }
  return static_cast<double>(same) / static_cast<double>(ids.size());
}

absl::StatusOr<double> RightAnalogies(const MatrixView& vectors,
                                      const PlantedText& text) {
  EMBED_ASSIGN_OR_RETURN(
      const std::vector<AnalogyResult> results,
      EvaluateAnalogies(text.questions, text.vocabulary, vectors, {}));
  return static_cast<double>(results[0].right_add) /
         static_cast<double>(results[0].used);
}

}  // namespace

absl::StatusOr<double> KarateNeighbors(const std::string& edges_path) {
  constexpr uint64_t kSeeds = 5;
  EMBED_ASSIGN_OR_RETURN(const LoadedGraph loaded, Load(edges_path));
  double sum = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    WalkOptions walks;
    walks.walks_per_node = 20;
    walks.walk_length = 20;
    walks.seed = seed;
    Training training;
    training.dim = 16;
    training.model.window = 3;
    training.model.subsample = 0;
    training.model.seed = seed;
    training.trainer.epochs = 3;
    training.trainer.learning_rate = 0.05;
    EMBED_ASSIGN_OR_RETURN(const EmbeddingTable vectors,
                           TrainWalks(loaded.graph, walks, training));
    EMBED_ASSIGN_OR_RETURN(const double share,
                           SameSide(vectors.view(), loaded.vocabulary));
    sum += share;
  }
  return sum / kSeeds;
}

absl::StatusOr<PlantedScores> PlantedStructure() {
  constexpr uint64_t kSentences = 2000;
  constexpr size_t kChunk = 100;  // sentences
  constexpr uint64_t kSeeds = 2;
  PlantedScores mean;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    PlantedText text = MakePlantedText(kSentences, seed);
    MemorySource source(std::move(text.sentences), kChunk);
    Training training;
    training.model.window = 4;
    training.model.subsample = 0;
    training.model.seed = seed;
    training.trainer.epochs = 3;
    // High, so that a rate that does not fall as it should is seen.
    training.trainer.learning_rate = 0.15;
    const std::vector<uint64_t> counts(text.vocabulary.counts().begin(),
                                       text.vocabulary.counts().end());
    EMBED_ASSIGN_OR_RETURN(const EmbeddingTable vectors,
                           Train(&source, counts, training));
    EMBED_ASSIGN_OR_RETURN(const double topics,
                           SameTopic(vectors.view(), text));
    EMBED_ASSIGN_OR_RETURN(const double analogies,
                           RightAnalogies(vectors.view(), text));
    mean.topics += topics / kSeeds;
    mean.analogies += analogies / kSeeds;
  }
  return mean;
}

absl::StatusOr<double> CoraMicroF1(const std::string& edges_path,
                                   const std::string& labels_path) {
  EMBED_ASSIGN_OR_RETURN(const LoadedGraph loaded, Load(edges_path));
  EMBED_ASSIGN_OR_RETURN(const LabelFile file, ReadLabelFile(labels_path));
  WalkOptions walks;
  walks.walks_per_node = 10;
  Training training;
  training.dim = 64;
  training.model.subsample = 0;
  training.trainer.epochs = 1;
  training.trainer.learning_rate = 0.05;
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable vectors,
                         TrainWalks(loaded.graph, walks, training));
  std::vector<std::vector<uint32_t>> labels(loaded.vocabulary.size());
  for (const KeyLabels& entry : file.entries) {
    labels[FindLabelled(loaded.vocabulary, entry)] = entry.labels;
  }
  ClassificationOptions options;
  options.ratios = {0.5};
  options.splits = 5;
  EMBED_ASSIGN_OR_RETURN(
      const std::vector<ClassificationResult> results,
      Classify(vectors.view(), labels, static_cast<uint32_t>(file.names.size()),
               options, nullptr));
  return results[0].micro_f1.mean;
}

}  // namespace embed
