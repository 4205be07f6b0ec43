// Rows of the feature table that nearly every step writes (short n-grams), kept
// apart for each thread, so that threads do not take the rows' cache lines from
// one another all the time and lose fewer of each other's updates (measured:
// skip_gram.cc).
//
// A thread takes a copy of a hot row when it first meets it in a block of
// windows, works on the copy, and adds what it has changed to the row after
// kUsesOfCopy uses and at the block's end. Alone it gets the same bits as
// without copies: a row that nobody else has changed is replaced.
//
// Copies must not live long. Within some dozens of steps a thread moves the
// rows that all words share to where the others' vectors want them; threads
// that start from the same row do it all at once, and the sum of what they
// changed goes as many times too far. (Measured: skip_gram.cc.)
#ifndef EMBED_TRAIN_HOT_ROWS_H_
#define EMBED_TRAIN_HOT_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/aligned_buffer.h"
#include "embed/model/embedding_table.h"
#include "embed/model/feature_map.h"

namespace embed {

// The rows of each id with the hot ones told apart: a code below num_hot() is
// the place of a hot row, others are row + num_hot(). Thread-safe.
class HotFeatures {
 public:
  // weights: how often each id is a center, in any unit. At most max_hot rows
  // are hot, those used most.
  HotFeatures(const FeatureMap* features, absl::Span<const double> weights,
              uint32_t max_hot);

  absl::Span<const uint32_t> Codes(uint32_t id) const {
    const absl::Span<const uint64_t> offsets = features_->offsets();
    return absl::MakeConstSpan(codes_).subspan(offsets[id],
                                               offsets[id + 1] - offsets[id]);
  }
  // Of an id: how often each of its rows occurs, squared, summed over the rows.
  // So far the sum of its rows moves if each moves once an occurrence.
  float SquaredOccurrences(uint32_t id) const {
    return squared_occurrences_[id];
  }
  uint32_t num_hot() const { return static_cast<uint32_t>(hot_rows_.size()); }
  // The rows of the hot places.
  absl::Span<const uint32_t> hot_rows() const { return hot_rows_; }
  const FeatureMap& features() const { return *features_; }

 private:
  const FeatureMap* const features_;
  std::vector<uint32_t> hot_rows_;
  std::vector<uint32_t> codes_;
  std::vector<float> squared_occurrences_;
};

// The copies of one thread.
class HotRows {
 public:
  // To renew a copy costs about as much as three uses.
  static constexpr uint8_t kUsesOfCopy = 16;

  // Both must outlive this.
  HotRows(const HotFeatures* features, EmbeddingTable* table);

  // The row of a code of HotFeatures, to be changed by this thread until
  // Flush().
  float* Row(uint32_t code) {
    if (code >= num_hot_) return table_->row(code - num_hot_);
    if (uses_[code] == 0) Take(code);
    if (uses_[code] == kUsesOfCopy) Renew(code);
    ++uses_[code];
    return copies_ + code * stride_;
  }

  // Whether the row of a code lies in the table, where fetching it takes long.
  bool IsCold(uint32_t code) const { return code >= num_hot_; }

  // Adds all changes to the table.
  void Flush();

 private:
  void Take(uint32_t hot);
  // Adds what the copy has changed to the row, and copies the row anew.
  void Renew(uint32_t hot);

  const HotFeatures* const features_;
  EmbeddingTable* const table_;
  const uint32_t num_hot_;
  const uint64_t stride_;
  AlignedBuffer memory_;
  float* copies_;  // [num_hot, stride], as this thread has changed them
  float* starts_;  // the same, as they were taken
  std::vector<uint8_t> uses_;  // of the copy; 0: there is none
  std::vector<uint32_t> taken_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_HOT_ROWS_H_
