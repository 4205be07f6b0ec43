// Vectors of words that a model has not seen, composed of the n-grams that its
// words are made of (modes fasttext and cw2vec).
//
// A composed vector is one of the input space: its neighbors are looked for
// among the vectors that the same n-grams give the known words. Where those are
// the model's vectors (fasttext), that is the index at hand. Where the vectors
// of words are others (those of the contexts, in cw2vec as published), another
// index is made here, of the composed vectors of all words.
#ifndef EMBED_APPS_UNSEEN_WORDS_H_
#define EMBED_APPS_UNSEEN_WORDS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/index/item_index.h"
#include "embed/io/model_file.h"

namespace embed {

// The rows of the input table that a word is composed of.
using WordRows = std::function<std::vector<uint32_t>(absl::string_view word)>;

// As the model's mode makes them. The model must outlive the result and stay
// where it is. InvalidArgument: it composes no words, or lacks what is needed.
absl::StatusOr<WordRows> NewWordRows(const Model& model);

// Immutable: any number of threads may use it.
class UnseenWords {
 public:
  // Reads the model of `index`, which must outlive this. InvalidArgument: the
  // index is not of this model, or the model composes no words.
  static absl::StatusOr<std::unique_ptr<UnseenWords>> Open(
      const std::string& path, const ItemIndex& index, int threads);

  // The vector of a word, at length 1 if the index ranks by cosine; none if the
  // model has no n-gram of it.
  std::optional<std::vector<float>> Vector(absl::string_view word) const;

  // Where such vectors have their neighbors; the ids are those of the index.
  const ItemIndex& space() const { return own_ ? *own_ : index_; }

 private:
  UnseenWords(Model model, const ItemIndex& index)
      : model_(std::move(model)), index_(index) {}

  Model model_;
  const ItemIndex& index_;
  WordRows rows_;
  std::optional<ItemIndex> own_;
};

}  // namespace embed

#endif  // EMBED_APPS_UNSEEN_WORDS_H_
