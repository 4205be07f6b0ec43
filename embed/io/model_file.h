// A trained model and its .embed file (layout: embed/io/FORMAT.md).
#ifndef EMBED_IO_MODEL_FILE_H_
#define EMBED_IO_MODEL_FILE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/math/matrix_view.h"
#include "embed/model/embedding_table.h"
#include "embed/model/feature_map.h"
#include "embed/model/vocabulary.h"

namespace embed {

// Frozen names: they are written to files.
enum class VectorsFrom {
  kInput,   // row i of the input table is the vector of id i (word2vec)
  kOutput,  // row i of the output table (cw2vec)
  // what the features make of rows of the input table (fastText)
  kComposed,
  // the row of the output table and half of what the features make, both of
  // length 1 before
  kBoth,
};

// How a model came to be. Written as JSON; holds nothing that differs between
// two runs of one command (no time, no host).
struct ModelInfo {
  std::string mode;  // as in --mode: "word2vec", "deepwalk", ...
  VectorsFrom vectors = VectorsFrom::kInput;
  uint64_t seed = 1;
  std::string source_name;  // base name of the input file
  uint64_t source_bytes = 0;
  std::map<std::string, std::string> options;  // every option in force
};

struct Model {
  // The vectors a user asks for, one row for each vocabulary id.
  MatrixView vectors() const { return VectorTable().view(); }
  // The table that holds them.
  const EmbeddingTable& VectorTable() const;
  EmbeddingTable& VectorTable() {
    return const_cast<EmbeddingTable&>(
        static_cast<const Model*>(this)->VectorTable());
  }

  ModelInfo info;
  Vocabulary vocabulary;
  EmbeddingTable input;   // [vocabulary or features, dim]
  EmbeddingTable output;  // [vocabulary, dim]; may be empty
  FeatureMap features;    // empty: the identity
  // What the maker of the features needs to find those of a key that is not in
  // the vocabulary, in a form of its own; may be empty. Of cw2vec the stroke
  // table (text/stroke_table.h).
  std::string feature_source;
  // The vectors if they are composed, [vocabulary, dim]; not in the file.
  EmbeddingTable composed;
  // Of HIN2Vec, the relations and their vectors, [relations, dim]; else empty.
  Vocabulary relation_keys;
  EmbeddingTable relations;
};

// Makes model->composed, if the vectors are composed, of `features` and the
// input table as it now is. Errors: those of ComposeAll().
absl::Status ComposeVectors(const FeatureMap& features, int threads,
                            Model* model);

// Writes atomically; the same model gives the same bytes. InvalidArgument: the
// parts do not fit: tables differ in dim, the table that `info.vectors` names
// has not one row a key, the input table has not one row a key (or feature),
// the table of relations not one row a relation.
// The table that `info.vectors` does not name may be empty.
absl::Status WriteModel(const Model& model, const std::string& path);

// Copies everything; values are kept as they are, NaN too. DataLoss: damaged or
// inconsistent file (path, section and byte are named). Composed vectors are
// made anew. Peak memory: the model
// and the pages of the mapped file, which the system may drop.
absl::StatusOr<Model> ReadModel(const std::string& path);

}  // namespace embed

#endif  // EMBED_IO_MODEL_FILE_H_
