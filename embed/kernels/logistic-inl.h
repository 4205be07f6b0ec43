// Sigmoid and softplus of score vectors, shared by the SGD kernels.
#if defined(EMBED_KERNELS_LOGISTIC_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef EMBED_KERNELS_LOGISTIC_INL_H_
#undef EMBED_KERNELS_LOGISTIC_INL_H_
#else
#define EMBED_KERNELS_LOGISTIC_INL_H_
#endif

#include <hwy/highway.h>

#include "embed/kernels/loss_sum.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// e^-x for x >= 0 (x above 87, and NaN on some targets, gives about 1e-38).
// e^-x = 2^(n + f), n integer, |f| <= 1/2; 2^f by the polynomial of degree 6
// from the Taylor series of e^(f ln 2): relative error below 2e-7.
template <class D>
HWY_INLINE hn::Vec<D> ExpOfNegative(D d, hn::Vec<D> x) {
  const hn::RebindToSigned<D> di;
  const auto y =
      hn::Mul(hn::Min(x, hn::Set(d, 87.0f)), hn::Set(d, -1.44269504088896341f));
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits; the
  // 127 more make it the exponent of a float.
  const auto shift = hn::Set(d, 12582912.0f + 127.0f);
  const auto shifted = hn::Add(y, shift);
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(di, shifted));
  const auto f = hn::Sub(y, hn::Sub(shifted, shift));
  auto p = hn::Set(d, 1.5403530e-4f);
  p = hn::MulAdd(p, f, hn::Set(d, 1.3333558e-3f));
  p = hn::MulAdd(p, f, hn::Set(d, 9.6181291e-3f));
  p = hn::MulAdd(p, f, hn::Set(d, 5.5504109e-2f));
  p = hn::MulAdd(p, f, hn::Set(d, 2.4022651e-1f));
  p = hn::MulAdd(p, f, hn::Set(d, 6.9314718e-1f));
  p = hn::MulAdd(p, f, hn::Set(d, 1.0f));
  return hn::Mul(p, hn::BitCast(d, exponent));
}

// log(x) for x in [1, 2], absolute error below 2e-7:
// log(1 + e) = 2 artanh(s), s = e / (2 + e) <= 1/3, by its series up to s^13.
template <class D>
HWY_INLINE hn::Vec<D> LogOfOneToTwo(D d, hn::Vec<D> x) {
  const auto one = hn::Set(d, 1.0f);
  const auto s = hn::Div(hn::Sub(x, one), hn::Add(x, one));
  const auto s2 = hn::Mul(s, s);
  auto p = hn::Set(d, 2.0f / 13);
  p = hn::MulAdd(p, s2, hn::Set(d, 2.0f / 11));
  p = hn::MulAdd(p, s2, hn::Set(d, 2.0f / 9));
  p = hn::MulAdd(p, s2, hn::Set(d, 2.0f / 7));
  p = hn::MulAdd(p, s2, hn::Set(d, 2.0f / 5));
  p = hn::MulAdd(p, s2, hn::Set(d, 2.0f / 3));
  p = hn::MulAdd(p, s2, hn::Set(d, 2.0f));
  return hn::Mul(p, s);
}

// Returns sigmoid(x) = 1 / (1 + e^-x) and multiplies *product by
// 1 + e^-|x|, adds max(x, 0) to *linear: the parts of softplus(x).
template <class D>
HWY_INLINE hn::Vec<D> SigmoidWithSoftplus(D d, hn::Vec<D> x,
                                          hn::Vec<D>* product,
                                          hn::Vec<D>* linear) {
  const auto e = ExpOfNegative(d, hn::Abs(x));
  const auto one_plus_e = hn::Add(hn::Set(d, 1.0f), e);
  *product = hn::Mul(*product, one_plus_e);
  const auto negative = hn::Lt(x, hn::Zero(d));
  // Not a maximum, which may lose a NaN: divergence must show.
  *linear = hn::Add(*linear, hn::IfThenZeroElse(negative, x));
  // For x < 0: e / (1 + e), which keeps small values exact.
  const auto numerator = hn::IfThenElse(negative, e, hn::Set(d, 1.0f));
  return hn::Div(numerator, one_plus_e);
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
