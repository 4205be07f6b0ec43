// The memory of an Int8Table's codes and factors while the table is made.
#ifndef EMBED_INDEX_INT8_STORAGE_H_
#define EMBED_INDEX_INT8_STORAGE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "embed/base/aligned_buffer.h"
#include "embed/index/int8_table.h"

namespace embed {

// Threads may write different rows at a time.
class Int8Storage {
 public:
  Int8Storage() = default;
  // ResourceExhausted.
  static absl::StatusOr<Int8Storage> Create(uint64_t rows, int dim,
                                            Int8Layout layout);

  // Sets all codes of rows [begin, end) to 0, those that pad them as well; in
  // blocks those of whole ones. To be done before a row is written.
  void Clear(uint64_t begin, uint64_t end);

  // As Int8Table::Parts has it.
  uint8_t* RowCodes(uint64_t row) {
    return static_cast<uint8_t*>(codes_.data()) +
           (parts_.RowCodes(row) - parts_.codes.data());
  }
  void SetFactors(uint64_t row, float multiplier, float weight);

  // Rows, dim, layout, codes and factors; the rest is not set. Of the memory of
  // this object, wherever it is moved.
  const Int8Table::Parts& parts() const { return parts_; }

 private:
  AlignedBuffer codes_;
  AlignedBuffer factors_;
  Int8Table::Parts parts_;
};

}  // namespace embed

#endif  // EMBED_INDEX_INT8_STORAGE_H_
