// What a user's program does with the installed package: trains on a small
// graph and a small text, stores the models, and asks an index for neighbours.
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "embed/base/status_macros.h"
#include "embed/index/item_index.h"
#include "embed/io/model_file.h"
#include "embed/model/embedding_table.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "graph/graph_file.h"
#include "graph/walk_source.h"
#include "text/corpus.h"
#include "text/corpus_source.h"
#include "text/vocabulary_builder.h"

namespace {

absl::Status PrintNeighbors(const embed::Model& model) {
  EMBED_ASSIGN_OR_RETURN(
      const auto index,
      embed::ItemIndex::Build(model.vocabulary, model.vectors(), {}));
  const std::vector<float> query = index.Vector(0);
  EMBED_ASSIGN_OR_RETURN(
      const embed::SearchHits hits,
      index.Search({query.data(), 1, index.dim(), query.size()}, {}));
  for (const embed::SearchHit& hit : hits[0]) {
    std::printf("%s %f\n", std::string(index.key(hit.id)).c_str(), hit.score);
  }
  if (hits[0].empty() || hits[0][0].id != 0) {
    return absl::InternalError("an item is not its own nearest one");
  }
  return absl::OkStatus();
}

// Trains word or node vectors on the source and writes them as a model.
absl::Status Train(embed::SequenceSource* source, embed::Vocabulary vocabulary,
                   const char* path) {
  embed::Model model;
  const uint64_t rows = vocabulary.size();
  EMBED_ASSIGN_OR_RETURN(model.input, embed::EmbeddingTable::Create(rows, 16));
  EMBED_ASSIGN_OR_RETURN(model.output, embed::EmbeddingTable::Create(rows, 16));
  model.input.FillUniform(0.5f / 16, /*seed=*/1, /*threads=*/1);
  EMBED_ASSIGN_OR_RETURN(const auto objective,
                         embed::SkipGram::Create({}, vocabulary.counts(),
                                                 &model.input, &model.output));
  EMBED_ASSIGN_OR_RETURN(const auto trainer, embed::Trainer::Create({}));
  EMBED_RETURN_IF_ERROR(trainer.Run(source, *objective, nullptr).status());
  model.vocabulary = std::move(vocabulary);
  EMBED_RETURN_IF_ERROR(embed::WriteModel(model, path));
  EMBED_ASSIGN_OR_RETURN(const embed::Model read, embed::ReadModel(path));
  return PrintNeighbors(read);
}

absl::Status TrainOnGraph() {
  std::ofstream("graph.edgelist") << "a b\nb c\nc a\nc d\n";
  embed::GraphFileOptions options;
  options.path = "graph.edgelist";
  EMBED_ASSIGN_OR_RETURN(embed::LoadedGraph loaded, embed::LoadGraph(options));
  EMBED_ASSIGN_OR_RETURN(const auto walks,
                         embed::WalkSource::Create(loaded.graph, {}));
  return Train(walks.get(), std::move(loaded.vocabulary), "graph.embed");
}

absl::Status TrainOnText() {
  std::ofstream("text.txt") << "sun moon sun moon star\nmoon star sun\n";
  embed::CorpusOptions options;
  options.paths = {"text.txt"};
  EMBED_ASSIGN_OR_RETURN(const auto corpus, embed::Corpus::Open(options));
  embed::VocabularyOptions vocabulary_options;
  vocabulary_options.min_count = 1;
  EMBED_ASSIGN_OR_RETURN(
      embed::CorpusVocabulary built,
      embed::BuildVocabulary(corpus.get(), vocabulary_options));
  embed::CorpusSource source(corpus.get(), built.vocabulary);
  return Train(&source, std::move(built.vocabulary), "text.embed");
}

}  // namespace

int main() {
  for (const absl::Status& status : {TrainOnGraph(), TrainOnText()}) {
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", status.ToString().c_str());
      return 1;
    }
  }
  return 0;
}
