#include "embed/eval/analogy.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <mutex>
#include <utility>

#include "Eigen/Core"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/hash_table.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/eval/unit_rows.h"
#include "embed/eval/word_lookup.h"

namespace embed {
namespace {

constexpr float kMulEpsilon = 0.001f;  // of the paper
// Keys whose cosines with all words of the questions are held at a time: with
// the 900 words of the Google set a block fits into the cache.
constexpr Eigen::Index kBlockKeys = 128;

using Matrix = Eigen::MatrixXf;  // a column a vector

// A question whose words all have vectors.
struct Known {
  uint32_t category;
  uint32_t a, b, c, d;                    // ids
  uint32_t column_a, column_b, column_c;  // of the words' matrix
};

struct Best {
  void Offer(float other_score, uint32_t other_id) {
    if (other_score > score || (other_score == score && other_id < id)) {
      score = other_score;
      id = other_id;
    }
  }

  float score = -std::numeric_limits<float>::infinity();
  uint32_t id = std::numeric_limits<uint32_t>::max();
};

struct Answers {
  explicit Answers(size_t questions) : add(questions), mul(questions) {}

  std::vector<Best> add;
  std::vector<Best> mul;
};

// The questions that can be asked, and which words they are made of.
class QuestionSet {
 public:
  QuestionSet(absl::Span<const AnalogyQuestion> questions,
              const Vocabulary& vocabulary, uint32_t known_keys) {
    for (const AnalogyQuestion& question : questions) {
      const auto [place, is_new] = categories_.emplace(
          question.category, static_cast<uint32_t>(results_.size()));
      if (is_new) results_.push_back({question.category});
      AnalogyResult& result = results_[place->second];
      ++result.total;
      const auto id = [&](const std::string& word) {
        return FindWord(vocabulary, word);
      };
      Known known = {place->second,
                     id(question.a),
                     id(question.b),
                     id(question.c),
                     id(question.d),
                     0,
                     0,
                     0};
      // kNotFound is above every id.
      if (std::max({known.a, known.b, known.c, known.d}) >= known_keys) {
        continue;
      }
      ++result.used;
      known.column_a = ColumnOf(known.a);
      known.column_b = ColumnOf(known.b);
      known.column_c = ColumnOf(known.c);
      known_.push_back(known);
    }
  }

  const std::vector<Known>& known() const { return known_; }
  const std::vector<uint32_t>& words() const { return words_; }

  std::vector<AnalogyResult> Grade(const Answers& answers) {
    for (size_t i = 0; i < known_.size(); ++i) {
      AnalogyResult& result = results_[known_[i].category];
      if (answers.add[i].id == known_[i].d) ++result.right_add;
      if (answers.mul[i].id == known_[i].d) ++result.right_mul;
    }
    return std::move(results_);
  }

 private:
  uint32_t ColumnOf(uint32_t id) {
    const auto [place, is_new] =
        columns_.emplace(id, static_cast<uint32_t>(words_.size()));
    if (is_new) words_.push_back(id);
    return place->second;
  }

  std::vector<AnalogyResult> results_;
  std::vector<Known> known_;
  std::vector<uint32_t> words_;  // ids of the different a, b and c
  HashMap<std::string, uint32_t> categories_;
  HashMap<uint32_t, uint32_t> columns_;
};

// Offers the keys begin .. begin + cosines.rows() to every question.
// cosines: [keys of the block, words].
void OfferBlock(const Matrix& cosines, uint32_t begin,
                const std::vector<Known>& questions, Answers* answers) {
  const Eigen::ArrayXXf shares = (cosines.array() + 1) / 2;
  Eigen::ArrayXf add(cosines.rows());
  Eigen::ArrayXf mul(cosines.rows());
  for (size_t i = 0; i < questions.size(); ++i) {
    const Known& question = questions[i];
    add = cosines.col(question.column_b).array() -
          cosines.col(question.column_a).array() +
          cosines.col(question.column_c).array();
    mul = shares.col(question.column_b) * shares.col(question.column_c) /
          (shares.col(question.column_a) + kMulEpsilon);
    for (const uint32_t own : {question.a, question.b, question.c}) {
      const Eigen::Index at = Eigen::Index{own} - Eigen::Index{begin};
      if (at < 0 || at >= cosines.rows()) continue;
      add[at] = mul[at] = -std::numeric_limits<float>::infinity();
    }
    Eigen::Index at = 0;
    const float largest_add = add.maxCoeff(&at);
    answers->add[i].Offer(largest_add, begin + static_cast<uint32_t>(at));
    const float largest_mul = mul.maxCoeff(&at);
    answers->mul[i].Offer(largest_mul, begin + static_cast<uint32_t>(at));
  }
}

}  // namespace

absl::StatusOr<std::vector<AnalogyResult>> EvaluateAnalogies(
    absl::Span<const AnalogyQuestion> questions, const Vocabulary& vocabulary,
    const MatrixView& vectors, const AnalogyOptions& options) {
  if (vectors.rows < vocabulary.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        vectors.rows, " vectors for a vocabulary of ", vocabulary.size()));
  }
  const uint32_t keys =
      options.restrict_vocab == 0
          ? vocabulary.size()
          : std::min(options.restrict_vocab, vocabulary.size());
  EMBED_ASSIGN_OR_RETURN(
      const EmbeddingTable unit,
      UnitRows({vectors.data, keys, vectors.dim, vectors.stride}));
  const Eigen::Map<const Matrix, Eigen::Unaligned, Eigen::OuterStride<>> all(
      unit.data(), unit.dim(), static_cast<Eigen::Index>(keys),
      Eigen::OuterStride<>(static_cast<Eigen::Index>(unit.stride())));
  QuestionSet set(questions, vocabulary, keys);
  Matrix words(vectors.dim, static_cast<Eigen::Index>(set.words().size()));
  for (size_t i = 0; i < set.words().size(); ++i) {
    words.col(static_cast<Eigen::Index>(i)) =
        all.col(Eigen::Index{set.words()[i]});
  }
  Answers best(set.known().size());
  std::mutex mutex;
  ParallelFor(options.threads, keys, [&](uint64_t begin, uint64_t end) {
    Answers own(set.known().size());
    const Eigen::Index last = static_cast<Eigen::Index>(end);
    for (Eigen::Index at = static_cast<Eigen::Index>(begin); at < last;
         at += kBlockKeys) {
      const Eigen::Index size = std::min(kBlockKeys, last - at);
      const Matrix cosines = all.middleCols(at, size).transpose() * words;
      OfferBlock(cosines, static_cast<uint32_t>(at), set.known(), &own);
    }
    // The largest, and of equal ones the lowest id: in any order the same.
    const std::lock_guard<std::mutex> lock(mutex);
    for (size_t i = 0; i < set.known().size(); ++i) {
      best.add[i].Offer(own.add[i].score, own.add[i].id);
      best.mul[i].Offer(own.mul[i].score, own.mul[i].id);
    }
  });
  return set.Grade(best);
}

}  // namespace embed
