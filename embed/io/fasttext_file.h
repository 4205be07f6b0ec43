// Models of fastText (.bin of its program, versions 11 and 12, 2017 to now).
//
// Layout, little-endian, no padding:
//   i32 magic 793712314, i32 version
//   i32 dim, window, epochs, min_count, negatives, word_ngrams, loss (1 hs,
//     2 ns, 3 softmax, 4 ova), model (1 cbow, 2 skip-gram, 3 supervised),
//     buckets, min_n, max_n, rate_updates; f64 subsample
//   i32 entries, words, labels; i64 tokens, pruned (-1: not pruned)
//   for each entry: its text, a NUL, i64 count, i8 type (0: a word)
//   u8 quantised, then the input table: i64 rows, i64 dim, f32 each
//   u8 quantised, then the output table, the same way
// Rows of the input table: the words, then the buckets of the n-grams. The text
// of a word is kept byte for byte, for its n-grams are those of its bytes.
#ifndef EMBED_IO_FASTTEXT_FILE_H_
#define EMBED_IO_FASTTEXT_FILE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "embed/model/embedding_table.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct FasttextModel {
  Vocabulary vocabulary;  // in the file's order, with counts
  EmbeddingTable input;   // [words + buckets, dim]
  EmbeddingTable output;  // [words, dim]
  int min_n = 0;          // characters of an n-gram
  int max_n = 0;          // 0: words have none
  uint32_t buckets = 0;
  // The other options of the training, by this project's names.
  std::map<std::string, std::string> options;
};

// Whether the file begins as a fastText model. Errors: those of opening it.
absl::StatusOr<bool> IsFasttextFile(const std::string& path);

// Peak memory: the tables and the pages of the mapped file, which the system
// may drop. Sizes are checked against the file's before memory is asked for.
// InvalidArgument: not a fastText model, another version, a supervised or a
// quantised model, a dim above EmbeddingTable::kMaxDim, n-grams of more than
// 100 characters. DataLoss, with the byte: damaged or cut off.
absl::StatusOr<FasttextModel> ReadFasttext(const std::string& path);

}  // namespace embed

#endif  // EMBED_IO_FASTTEXT_FILE_H_
