// Gathers the rows that a reader of foreign files finds, keeps account of what
// was odd about them. Private to embed/io.
#ifndef EMBED_IO_VECTOR_COLLECTOR_H_
#define EMBED_IO_VECTOR_COLLECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/base/hash_table.h"
#include "embed/io/keyed_vectors.h"

namespace embed {

// In the order in which they are told.
enum class Oddity {
  kMarkAtStart,
  kCarriageReturns,
  kEmptyLine,
  kBlankInKey,
  kNumberInKey,
  kBadUtf8,
  kEmptyKey,
  kRepeatedKey,
};
constexpr size_t kOddities = 8;

// Not thread-safe. Start() comes first, then NextRow() and Add() in turn.
class VectorCollector {
 public:
  // name: of the file; unit: what rows are counted in, "line" or "vector".
  VectorCollector(std::string name, std::string unit)
      : name_(std::move(name)), unit_(std::move(unit)) {}
  VectorCollector(const VectorCollector&) = delete;
  VectorCollector& operator=(const VectorCollector&) = delete;

  // expected_rows: memory is asked for so many at once; 0: unknown, the memory
  // doubles as rows come. Errors: those of EmbeddingTable::Create().
  absl::Status Start(uint64_t expected_rows, int dim);
  int dim() const { return vectors_.table.dim(); }

  // Where the dim numbers of the next row go; good until Add().
  // ResourceExhausted: no memory for it.
  absl::StatusOr<float*> NextRow();

  // Ends that row, found at `number` in units. Bad UTF-8 of the key becomes
  // U+FFFD; a row with no key or with the key of an earlier one is left out.
  // DataLoss: a number is not finite, the key is too long.
  absl::Status Add(absl::string_view key, uint64_t number);

  // Counts an oddity; `example` is quoted for its first time.
  void Note(Oddity oddity, uint64_t number, absl::string_view example = "");
  // Of the file as a whole; told before all others.
  void NoteFile(absl::string_view sentence);

  // "NAME: UNIT NUMBER: PROBLEM" and "NAME: PLACE: PROBLEM", DataLoss.
  absl::Status Damaged(uint64_t number, absl::string_view problem) const;
  absl::Status Damaged(absl::string_view place,
                       absl::string_view problem) const;

  // promised_rows: what the first line says; kNothingPromised: it is missing.
  static constexpr uint64_t kNothingPromised = ~uint64_t{0};
  absl::StatusOr<KeyedVectors> Finish(uint64_t promised_rows);

 private:
  struct Tally {
    uint64_t count = 0;
    uint64_t first = 0;
    std::string example;
  };
  // The keys so far, hashed by their text, looked up without a copy.
  struct KeyHash {
    using is_transparent = void;
    size_t operator()(absl::string_view key) const;
    size_t operator()(uint32_t row) const {
      return (*this)(collector->key(row));
    }
    const VectorCollector* collector;
  };
  struct KeyEqual {
    using is_transparent = void;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t row, absl::string_view key) const {
      return collector->key(row) == key;
    }
    bool operator()(absl::string_view key, uint32_t row) const {
      return collector->key(row) == key;
    }
    const VectorCollector* collector;
  };

  absl::string_view key(uint32_t row) const {
    return absl::string_view(text_).substr(offsets_[row],
                                           offsets_[row + 1] - offsets_[row]);
  }
  uint64_t rows() const { return offsets_.size() - 1; }
  absl::Status CheckFinite(absl::string_view key, uint64_t number) const;
  void TellOddities();

  const std::string name_;
  const std::string unit_;
  KeyedVectors vectors_;  // of its table the first rows() are filled
  std::string text_;
  std::vector<uint64_t> offsets_ = {0};
  HashSet<uint32_t, KeyHash, KeyEqual> known_{0, KeyHash{this}, KeyEqual{this}};
  std::string repaired_;
  uint64_t added_ = 0;
  std::array<Tally, kOddities> tallies_;
};

}  // namespace embed

#endif  // EMBED_IO_VECTOR_COLLECTOR_H_
