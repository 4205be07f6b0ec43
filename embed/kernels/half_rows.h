// Rows of float16 numbers (IEEE 754 binary16, as bits) against a query.
//
// Results are bit-identical on every CPU target: products are exact in double,
// and sums are taken in one order.
#ifndef EMBED_KERNELS_HALF_ROWS_H_
#define EMBED_KERNELS_HALF_ROWS_H_

#include <cstddef>
#include <cstdint>

namespace embed {

// The nearest float16, ties to even; too large numbers become infinite, what is
// not a number stays none.
uint16_t FloatToHalf(float value);
// Exact.
float HalfToFloat(uint16_t half);

struct HalfSums {
  double dot = 0;      // sum of values[j] * row[j]
  double squared = 0;  // sum of row[j] * row[j]
};

// values: float numbers, held as double. Both have 4 * groups numbers. Each
// fourth number is added up by itself, then (0 + 1) + (2 + 3). Thread-safe.
HalfSums DotValuesHalf(const double* values, const uint16_t* row,
                       size_t groups);

}  // namespace embed

#endif  // EMBED_KERNELS_HALF_ROWS_H_
