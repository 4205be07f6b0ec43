#include "apps/unseen_words.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "apps/common/subword_flags.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/model/composed_vectors.h"
#include "text/char_ngrams.h"
#include "text/stroke_ngrams.h"
#include "text/stroke_table.h"

namespace embed {
namespace {

absl::StatusOr<int> IntOption(const Model& model, const char* name) {
  const auto found = model.info.options.find(name);
  int value;
  if (found == model.info.options.end() ||
      !absl::SimpleAtoi(found->second, &value)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "option ", name, " of the model is missing or no whole number"));
  }
  return value;
}

// Which n-grams a word has. A model without the option has none of Latin text.
absl::StatusOr<StrokeOptions> StrokeOptionsOf(const Model& model) {
  StrokeOptions options;
  EMBED_ASSIGN_OR_RETURN(options.min_n, IntOption(model, "stroke_min"));
  EMBED_ASSIGN_OR_RETURN(options.max_n, IntOption(model, "stroke_max"));
  const auto latin = model.info.options.find("latin_ngrams");
  if (latin != model.info.options.end() && latin->second == "true") {
    EMBED_ASSIGN_OR_RETURN(options.latin_min_n, IntOption(model, "ngram_min"));
    EMBED_ASSIGN_OR_RETURN(options.latin_max_n, IntOption(model, "ngram_max"));
  }
  EMBED_RETURN_IF_ERROR(options.Validate());
  return options;
}

absl::StatusOr<WordRows> StrokeRows(const Model& model) {
  EMBED_ASSIGN_OR_RETURN(const StrokeOptions options, StrokeOptionsOf(model));
  if (model.feature_source.empty()) {
    return absl::InvalidArgumentError(
        "the model holds no strokes of characters; train it again");
  }
  // It holds the orders that the model was trained with.
  EMBED_ASSIGN_OR_RETURN(
      StrokeTable table,
      StrokeTable::Parse(model.feature_source, "strokes of the model",
                         StrokeOrders::kAll));
  return WordRows([strokes = std::move(table), features = &model.features,
                   options](absl::string_view word) {
    return StrokeNgramRows(word, strokes, *features, options);
  });
}

absl::StatusOr<WordRows> SubwordRows(const Model& model) {
  EMBED_ASSIGN_OR_RETURN(const CharNgramOptions options,
                         ParseSubwordModelOptions(model.info.options));
  const uint64_t rows = uint64_t{model.vocabulary.size()} + options.buckets;
  if (rows != model.input.rows()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the input table has ", model.input.rows(),
                     " rows, expected ", rows, " of words and buckets"));
  }
  return WordRows(
      [vocabulary = &model.vocabulary, options](absl::string_view word) {
        return CharNgramRows(word, *vocabulary, options);
      });
}

// The row of the model of each item of the index, whose order is another if it
// has lists.
absl::StatusOr<std::vector<uint32_t>> RowsOfItems(const Model& model,
                                                  const ItemIndex& index) {
  std::vector<uint32_t> rows;
  bool same = index.changes() == nullptr &&
              index.size() == model.vocabulary.size() &&
              index.dim() == model.input.dim();
  for (uint32_t id = 0; same && id < index.size(); ++id) {
    rows.push_back(model.vocabulary.Find(index.key(id)));
    same = rows.back() != Vocabulary::kNotFound;
  }
  if (same) return rows;
  return absl::InvalidArgumentError(
      "the index is not of this model: their keys or their dims differ, or it "
      "has changes");
}

// An index of these vectors of words with the ids of `index`.
absl::StatusOr<ItemIndex> SpaceInOrder(const ItemIndex& index,
                                       const std::vector<uint32_t>& rows,
                                       const EmbeddingTable& vectors,
                                       int threads) {
  std::vector<std::string> keys;
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable ordered,
                         EmbeddingTable::Create(rows.size(), vectors.dim()));
  for (uint32_t id = 0; id < rows.size(); ++id) {
    keys.emplace_back(index.key(id));
    std::copy_n(vectors.row(rows[id]), vectors.dim(), ordered.row(id));
  }
  EMBED_ASSIGN_OR_RETURN(
      const Vocabulary vocabulary,
      Vocabulary::Create(keys, std::vector<uint64_t>(keys.size(), 1)));
  ItemIndexOptions options;
  options.threads = threads;
  options.metric = index.metric();
  return ItemIndex::Build(vocabulary, ordered.view(), options);
}

}  // namespace

absl::StatusOr<WordRows> NewWordRows(const Model& model) {
  if (!model.features.empty() && !model.input.empty()) {
    if (model.info.mode == "cw2vec") return StrokeRows(model);
    if (model.info.mode == "fasttext") return SubwordRows(model);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("a model of mode ", model.info.mode,
                   " has no n-grams to compose unseen words of; those of "
                   "modes fasttext and cw2vec have"));
}

absl::StatusOr<std::unique_ptr<UnseenWords>> UnseenWords::Open(
    const std::string& path, const ItemIndex& index, int threads) {
  EMBED_ASSIGN_OR_RETURN(Model read, ReadModel(path));
  // make_unique has no access to the constructor.
  std::unique_ptr<UnseenWords> words(new UnseenWords(std::move(read), index));
  Model& model = words->model_;
  EMBED_ASSIGN_OR_RETURN(words->rows_, WithPrefix(path, NewWordRows(model)));
  EMBED_ASSIGN_OR_RETURN(const std::vector<uint32_t> items,
                         WithPrefix(path, RowsOfItems(model, index)));
  if (model.info.vectors != VectorsFrom::kComposed) {
    EMBED_ASSIGN_OR_RETURN(const EmbeddingTable composed,
                           ComposeAll(model.features, model.input, threads));
    EMBED_ASSIGN_OR_RETURN(ItemIndex own,
                           SpaceInOrder(index, items, composed, threads));
    words->own_.emplace(std::move(own));
  }
  model.output = EmbeddingTable();
  model.composed = EmbeddingTable();
  return words;
}

std::optional<std::vector<float>> UnseenWords::Vector(
    absl::string_view word) const {
  const std::vector<uint32_t> rows = rows_(word);
  std::vector<float> vector(static_cast<size_t>(model_.input.dim()));
  ComposeRows(rows, model_.features.compose(), model_.input,
              absl::MakeSpan(vector));
  double square = 0;
  for (const float value : vector) square += double{value} * double{value};
  if (!(square > 0)) return std::nullopt;
  if (space().metric() != Metric::kCosine) return vector;
  const float scale = static_cast<float>(1.0 / std::sqrt(square));
  for (float& value : vector) value *= scale;
  return vector;
}

}  // namespace embed
