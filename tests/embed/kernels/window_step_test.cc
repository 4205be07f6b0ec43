// The window kernel on every target of this CPU against the same step in
// double: dims around the vector sizes, context and target counts around the
// register tiles, repeated contexts, weighted targets, positives of the
// contexts' own or of some contexts only; and its gradients against the
// numerical ones of the loss that the header states.
// Tolerance: scores are sums of `dim` float32 products, gradients are at most
// rate * weight, rows are rounded once or twice.
#include "embed/kernels/window_step.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/kernels/cpu_target.h"
#include "embed/model/embedding_table.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"

namespace embed {
namespace window_step_test {

struct Case {
  int dim;
  std::vector<uint32_t> contexts;
  std::vector<uint32_t> targets;
  std::vector<float> weights;
  float scale;  // of the rows; large ones saturate the sigmoid
  size_t positives = 1;
  // Positives of each context's own; none for an ordinary window.
  std::vector<std::vector<uint32_t>> own = {};
  // Of the positives; none: all contexts.
  std::vector<ContextRange> ranges = {};

  // Whether context i is of the p-th range.
  bool InRange(size_t i, size_t p) const {
    const int place = static_cast<int>(i);
    return ranges[p].first <= place && place < ranges[p].end &&
           place != ranges[p].but;
  }
  // How often the pair of a context and a target counts.
  double Weight(size_t context, size_t t) const {
    double times = own.empty() ? 1 : static_cast<double>(own[context].size());
    if (!ranges.empty()) {
      if (t < positives) return InRange(context, t) ? 1 : 0;
      times = 0;
      for (size_t p = 0; p < positives; ++p) times += InRange(context, p);
    }
    return times * static_cast<double>(weights[t]);
  }
};

// The stated loss.
double Loss(const Case& c, const DoubleRows& x, const DoubleRows& y) {
  double loss = 0;
  for (size_t i = 0; i < c.contexts.size(); ++i) {
    const DoubleRow& row = x[c.contexts[i]];
    for (size_t t = 0; t < c.targets.size(); ++t) {
      const double score = Dot(row, y[c.targets[t]]);
      loss += c.Weight(i, t) * Softplus(t < c.positives ? -score : score);
    }
    if (c.own.empty()) continue;
    for (const uint32_t j : c.own[i]) loss += Softplus(-Dot(row, y[j]));
  }
  return loss;
}

// The step in double, in the stated order: all scores; then six targets at a
// time, with ranges in equal portions, contexts in turn, the first positives of
// their own counting as a target; then the others of these, context by context.
void Step(const Case& c, double rate, DoubleRows* x, DoubleRows* y) {
  const DoubleRows first_x = *x;
  const DoubleRows first_y = *y;
  const auto pull_own = [&](size_t i, uint32_t j, const DoubleRow& old_x) {
    const double g = rate * Sigmoid(-Dot(first_x[c.contexts[i]], first_y[j]));
    AddTimes(g, (*y)[j], &(*x)[c.contexts[i]]);
    AddTimes(g, old_x, &(*y)[j]);
  };
  size_t last = 0;
  size_t portion = 6;
  if (!c.ranges.empty()) {
    const size_t portions = (c.targets.size() + 5) / 6;
    portion = (c.targets.size() + portions - 1) / portions;
  }
  for (size_t first = 0; first == 0 || first < c.targets.size(); first = last) {
    last = std::min(first + (first == 0 && !c.own.empty() ? 5 : portion),
                    c.targets.size());
    const DoubleRows old_y = *y;
    for (size_t i = 0; i < c.contexts.size(); ++i) {
      DoubleRow& row = (*x)[c.contexts[i]];
      const DoubleRow old_x = row;
      if (first == 0 && !c.own.empty()) pull_own(i, c.own[i][0], old_x);
      for (size_t t = first; t < last; ++t) {
        const uint32_t j = c.targets[t];
        const double score = Dot(first_x[c.contexts[i]], first_y[j]);
        const double g = rate * c.Weight(i, t) *
                         ((t < c.positives ? 1 : 0) - Sigmoid(score));
        AddTimes(g, old_y[j], &row);
        AddTimes(g, old_x, &(*y)[j]);
      }
    }
    if (last == c.targets.size()) break;
  }
  for (size_t i = 0; i < c.own.size(); ++i) {
    const DoubleRow old_x = (*x)[c.contexts[i]];
    for (size_t k = 1; k < c.own[i].size(); ++k) {
      pull_own(i, c.own[i][k], old_x);
    }
  }
}

// Tables of 20 rows and one call of the kernel on them.
struct StepRun {
  explicit StepRun(const Case& c)
      : input(*EmbeddingTable::Create(20, c.dim)),
        output(*EmbeddingTable::Create(20, c.dim)) {
    input.FillUniform(c.scale, 11, 1);
    output.FillUniform(c.scale, 12, 1);
  }

  // Returns the kernel's loss.
  double Step(const Case& c, float rate) {
    std::vector<float*> contexts;
    for (const uint32_t i : c.contexts) contexts.push_back(input.row(i));
    std::vector<float*> targets;
    for (const uint32_t j : c.targets) targets.push_back(output.row(j));
    std::vector<float> weights = c.weights;
    std::vector<float*> own;
    std::vector<float*> more;
    std::vector<int> more_contexts;
    std::vector<float> counts;
    for (const std::vector<uint32_t>& rows : c.own) {
      own.push_back(output.row(rows[0]));
      for (size_t k = 1; k < rows.size(); ++k) {
        more.push_back(output.row(rows[k]));
        more_contexts.push_back(static_cast<int>(counts.size()));
      }
      counts.push_back(static_cast<float>(rows.size()));
    }
    if (!own.empty()) {  // they take the place of the first target
      targets.insert(targets.begin(), nullptr);
      weights.insert(weights.begin(), 1.0f);
    }
    const int num_contexts = static_cast<int>(contexts.size());
    const int num_targets = static_cast<int>(targets.size());
    AlignedBuffer scores = *AlignedBuffer::Create(
        WindowScratch::ScoresFor(num_contexts, num_targets,
                                 static_cast<int>(more.size())) *
        sizeof(float));
    WindowScratch scratch;
    scratch.scores = static_cast<float*>(scores.data());
    WindowStep step = {contexts.data(),
                       num_contexts,
                       targets.data(),
                       weights.data(),
                       num_targets,
                       input.stride(),
                       rate,
                       own.empty() ? static_cast<int>(c.positives) : 1};
    if (!own.empty()) step.own = own.data();
    step.more = more.data();
    step.more_contexts = more_contexts.data();
    step.num_more = static_cast<int>(more.size());
    step.context_counts = counts.data();
    if (!c.ranges.empty()) step.ranges = c.ranges.data();
    GetWindowStep()(step, &scratch);
    return scratch.loss.Take();
  }

  EmbeddingTable input;
  EmbeddingTable output;
};

void Check(const Case& c, double tolerance) {
  constexpr float kRate = 0.05f;
  StepRun run(c);
  DoubleRows x = ToDouble(run.input);
  DoubleRows y = ToDouble(run.output);
  const double loss = Loss(c, x, y);
  Step(c, static_cast<double>(kRate), &x, &y);
  EXPECT_NEAR(run.Step(c, kRate), loss, 1e-5 * (1 + loss));
  EXPECT_LT(LargestDifference(run.input, x), tolerance);
  EXPECT_LT(LargestDifference(run.output, y), tolerance);
}

std::vector<uint32_t> Range(uint32_t count) {
  std::vector<uint32_t> ids(count);
  for (uint32_t i = 0; i < count; ++i) ids[i] = i;
  return ids;
}

std::vector<float> Ones(size_t count) { return std::vector<float>(count, 1); }

class WindowStepTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, WindowStepTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(WindowStepTest, TakesAnyNumberOfPositives) {
  for (const size_t positives : {0, 1, 3, 7, 11}) {
    for (const uint32_t contexts : {1, 5, 17}) {
      SCOPED_TRACE(testing::Message() << positives << " positives");
      Check({40, Range(contexts), Range(11), Ones(11), 0.3f, positives}, 3e-6);
    }
  }
}

TEST_P(WindowStepTest, MatchesDoubleForAllShapes) {
  for (const int dim : {1, 16, 17, 32, 48, 128, 300}) {
    for (const uint32_t contexts : {1, 2, 3, 4, 5, 7, 8, 17}) {
      for (const uint32_t targets : {1, 2, 3, 4, 5, 6, 7, 12}) {
        SCOPED_TRACE(testing::Message()
                     << "dim " << dim << ", " << contexts << " x " << targets);
        Check({dim, Range(contexts), Range(targets), Ones(targets), 0.3f},
              2e-6);
      }
    }
  }
}

// The update divided by a small rate is the downward gradient of the loss.
TEST_P(WindowStepTest, DescendsTheStatedLoss) {
  constexpr float kRate = 1e-4f;
  const Case c = {20, {7, 2, 7, 5}, {4, 1, 9, 0, 2, 3, 8}, Ones(7), 0.5f};
  Case weighted = c;
  weighted.weights = {1, 2, 1, 3, 1, 1, 2};
  Case own = c;
  own.positives = 0;
  own.own = {{11}, {12, 11}, {14, 10, 13}, {12}};
  Case ranges = c;
  ranges.positives = 2;
  ranges.ranges = {{0, 3, 1}, {2, 4, -1}};
  for (const Case& test : {c, weighted, own, ranges}) {
    StepRun run(test);
    DoubleRows x = ToDouble(run.input);
    DoubleRows y = ToDouble(run.output);
    const auto loss = [&] { return Loss(test, x, y); };
    const DoubleRows x_gradient = NumericGradient(loss, &x);
    const DoubleRows y_gradient = NumericGradient(loss, &y);
    run.Step(test, kRate);
    // Rounding of rows up to 0.5 (3e-8) over the rate, and repeated contexts,
    // which see their earlier updates: order rate.
    constexpr double kTolerance = 1e-3;
    for (size_t r = 0; r < x.size(); ++r) {
      for (size_t k = 0; k < 20; ++k) {
        ASSERT_NEAR((x[r][k] - run.input.row(r)[k]) / kRate, x_gradient[r][k],
                    kTolerance);
        ASSERT_NEAR((y[r][k] - run.output.row(r)[k]) / kRate, y_gradient[r][k],
                    kTolerance);
      }
    }
  }
}

TEST_P(WindowStepTest, CountsWeightedNegatives) {
  Check({100, Range(5), {3, 9, 1, 4}, {1, 2, 1, 3}, 0.3f}, 3e-6);
}

TEST_P(WindowStepTest, CountsTheWholeLossOfWeightedNegatives) {
  // Scores of about +-200: softplus is then the score itself.
  Check({64, Range(9), {3, 9, 1, 4}, {1, 2, 1, 3}, 10.0f}, 1e-4);
}

// The first targets are shared, 13 .. 19 the contexts' own.
TEST_P(WindowStepTest, TakesPositivesOfTheContextsOwn) {
  const std::vector<std::vector<uint32_t>> own = {
      {13}, {13, 14}, {15, 16, 17}, {13}, {18},
      {18}, {14, 13}, {19, 13, 14}, {15}, {16}};
  for (const int dim : {1, 17, 48, 100, 128, 300}) {
    for (const uint32_t contexts : {1, 2, 3, 4, 5, 7, 8, 10}) {
      for (const uint32_t targets : {0, 1, 2, 5, 6, 7, 13}) {
        SCOPED_TRACE(testing::Message()
                     << "dim " << dim << ", " << contexts << " x " << targets);
        Case c = {dim, Range(contexts), Range(targets), Ones(targets), 0.3f, 0};
        c.own.assign(own.begin(), own.begin() + contexts);
        Check(c, 3e-6);
        if (targets > 0) c.weights.back() = 3.0f;
        c.contexts.back() = 0;  // perhaps a repetition
        Check(c, 5e-6);
      }
    }
  }
}

TEST_P(WindowStepTest, TakesPositivesOfSomeContexts) {
  const std::vector<ContextRange> ranges = {{0, 3, -1}, {1, 9, 2},  {4, 10, 4},
                                            {5, 5, -1}, {0, 10, 0}, {9, 10, 3}};
  for (const int dim : {1, 17, 48, 128, 300}) {
    for (const uint32_t contexts : {1, 2, 3, 4, 5, 7, 8, 10}) {
      for (const size_t positives : {1, 2, 3, 6}) {
        for (const uint32_t negatives : {0, 1, 3, 5, 8}) {
          SCOPED_TRACE(testing::Message()
                       << "dim " << dim << ", " << contexts << " x "
                       << positives << " + " << negatives);
          const uint32_t targets = static_cast<uint32_t>(positives) + negatives;
          Case c = {dim,  Range(contexts), Range(targets), Ones(targets),
                    0.3f, positives};
          c.ranges.assign(ranges.begin(),
                          ranges.begin() + static_cast<ptrdiff_t>(positives));
          Check(c, 5e-6);
          if (negatives > 0) c.weights.back() = 3.0f;
          c.contexts.back() = 0;  // perhaps a repetition
          Check(c, 8e-6);
        }
      }
    }
  }
}

// More than the product of LossSum could hold.
TEST_P(WindowStepTest, TakesManyPositivesOfTheContextsOwn) {
  Case c = {32, Range(3), Range(6), Ones(6), 0.3f, 0};
  c.own = {std::vector<uint32_t>(150, 13), {14}, {15, 15}};
  Check(c, 2e-4);
}

TEST_P(WindowStepTest, TakesRepeatedContexts) {
  Check({64, {7, 2, 7, 7}, Range(8), Ones(8), 0.2f}, 2e-6);
}

TEST_P(WindowStepTest, SaturatesWithoutOverflow) {
  Check({128, Range(3), Range(6), Ones(6), 20.0f}, 2e-3);
}

TEST_P(WindowStepTest, SumsTheLossOfManySteps) {
  const Case c = {16, Range(4), Range(6), Ones(6), 1.0f};
  StepRun run(c);
  std::vector<float*> contexts;
  std::vector<float*> targets;
  for (const uint32_t i : c.contexts) contexts.push_back(run.input.row(i));
  for (const uint32_t j : c.targets) targets.push_back(run.output.row(j));
  const double once = Loss(c, ToDouble(run.input), ToDouble(run.output));
  alignas(64) float scores[48];
  WindowScratch scratch;
  scratch.scores = scores;
  for (int i = 0; i < 1000; ++i) {
    // A rate that moves no row.
    GetWindowStep()({contexts.data(), 4, targets.data(), c.weights.data(), 6,
                     run.input.stride(), 1e-30f},
                    &scratch);
  }
  EXPECT_NEAR(scratch.loss.Take(), 1000 * once, 1e-5 * 1000 * once);
}

TEST_P(WindowStepTest, PaddingStaysZero) {
  const Case c = {17, {0, 1}, {0, 1}, Ones(2), 1.0f};
  StepRun run(c);
  run.Step(c, 0.1f);
  for (int k = 17; k < 32; ++k) {
    EXPECT_EQ(run.input.row(1)[k], 0.0f);
    EXPECT_EQ(run.output.row(0)[k], 0.0f);
  }
}

TEST_P(WindowStepTest, NotANumberShowsInTheLoss) {
  for (const uint32_t bad : {0, 1}) {  // the positive, a negative
    for (const float weight : {1.0f, 2.0f}) {
      const Case c = {16, {0, 1, 2}, {0, 1}, {1, weight}, 1.0f};
      StepRun run(c);
      run.output.row(bad)[3] = std::nanf("");
      EXPECT_FALSE(std::isfinite(run.Step(c, 0.1f)));
    }
  }
}

}  // namespace window_step_test
}  // namespace embed
