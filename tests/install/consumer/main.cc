// What a user's program does with the installed package: trains on a small
// graph and a small text, and prints a vector's first number of each.
#include <cstdio>
#include <fstream>
#include <memory>

#include "embed/base/status_macros.h"
#include "embed/io/model_file.h"
#include "embed/model/embedding_table.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "graph/edge_list.h"
#include "graph/walk_source.h"
#include "text/corpus.h"
#include "text/corpus_source.h"
#include "text/vocabulary_builder.h"

namespace {

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
  std::printf("%s: %u vectors, the first starts with %f\n", path,
              read.vocabulary.size(), read.vectors().row(0)[0]);
  return absl::OkStatus();
}

absl::Status TrainOnGraph() {
  std::ofstream("graph.edgelist") << "a b\nb c\nc a\nc d\n";
  embed::EdgeListOptions options;
  options.path = "graph.edgelist";
  EMBED_ASSIGN_OR_RETURN(embed::LoadedGraph loaded,
                         embed::LoadEdgeList(options));
  EMBED_ASSIGN_OR_RETURN(const auto walks,
                         embed::WalkSource::Create(loaded.graph, {}));
  return Train(walks.get(), std::move(loaded.vocabulary), "graph.embed");
}

absl::Status TrainOnText() {
  std::ofstream("text.txt") << "sun moon sun moon star\nmoon star sun\n";
  embed::CorpusOptions options;
  options.path = "text.txt";
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
