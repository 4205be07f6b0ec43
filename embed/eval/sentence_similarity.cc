#include "embed/eval/sentence_similarity.h"

#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/base/white_space.h"
#include "embed/eval/correlation.h"
#include "embed/eval/word_lookup.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"
#include "embed/math/cosine.h"
#include "embed/math/svd.h"

namespace embed {
namespace {

constexpr size_t kMaxSentenceBytes = size_t{1} << 30;

// What is wrong with a line, empty if nothing is.
std::string ToSentencePair(absl::string_view line, SentencePair* pair) {
  const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
  if (fields.size() < 3) {
    return absl::StrCat(
        "expected two sentences and a score with tabs between them, found ",
        fields.size(), fields.size() == 1 ? " field" : " fields");
  }
  if (!absl::SimpleAtod(fields[2], &pair->score) ||
      !std::isfinite(pair->score)) {
    return absl::StrCat("the third field, \"", fields[2].substr(0, 40),
                        "\", is not a number; expected a score");
  }
  pair->first = std::string(fields[0]);
  pair->second = std::string(fields[1]);
  return "";
}

absl::string_view WithoutPunctuation(absl::string_view word) {
  while (!word.empty() && absl::ascii_ispunct(word.front())) {
    word.remove_prefix(1);
  }
  while (!word.empty() && absl::ascii_ispunct(word.back())) {
    word.remove_suffix(1);
  }
  return word;
}

std::vector<float> PoolWords(const std::vector<uint32_t>& ids,
                             const MatrixView& vectors,
                             absl::Span<const double> weights,
                             const PoolOptions& options) {
  std::vector<float> rows;
  std::vector<double> of_rows;
  for (const uint32_t id : ids) {
    const absl::Span<const float> row = vectors.row(id);
    rows.insert(rows.end(), row.begin(), row.end());
    if (options.pooling == Pooling::kSif) of_rows.push_back(weights[id]);
  }
  return Pool(rows, vectors.dim, of_rows, options);
}

}  // namespace

absl::StatusOr<std::vector<SentencePair>> ParseSentencePairs(
    absl::string_view text, absl::string_view name) {
  std::vector<SentencePair> pairs;
  TextLines lines(text, name);
  for (absl::string_view line; lines.Next(&line);) {
    if (absl::StripAsciiWhitespace(line).empty() || line[0] == '#') continue;
    if (!IsValidUtf8(line)) return lines.Error("not UTF-8; convert the file");
    SentencePair pair;
    const std::string problem = ToSentencePair(line, &pair);
    if (!problem.empty()) return lines.Error(problem);
    pairs.push_back(std::move(pair));
  }
  if (pairs.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": no pairs; expected lines of two sentences and a score"));
  }
  return pairs;
}

absl::StatusOr<std::vector<SentencePair>> ReadSentencePairs(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxSentenceBytes));
  return ParseSentencePairs(text, InputName(path));
}

std::vector<uint32_t> SentenceWords(absl::string_view sentence,
                                    const Vocabulary& vocabulary,
                                    uint64_t* total) {
  std::vector<uint32_t> ids;
  *total = 0;
  for (const absl::string_view word : SplitAtWhiteSpace(sentence)) {
    ++*total;
    uint32_t id = FindWord(vocabulary, word);
    if (id == Vocabulary::kNotFound) {
      id = FindWord(vocabulary, WithoutPunctuation(word));
    }
    if (id != Vocabulary::kNotFound) ids.push_back(id);
  }
  return ids;
}

void RemoveCommonComponent(int dim, std::vector<float>* rows) {
  const size_t width = static_cast<size_t>(dim);
  std::vector<double> square(width * width);  // X^T X
  for (size_t at = 0; at < rows->size(); at += width) {
    for (size_t i = 0; i < width; ++i) {
      for (size_t j = 0; j < width; ++j) {
        square[i * width + j] += double{(*rows)[at + i]} * (*rows)[at + j];
      }
    }
  }
  const Svd svd = ComputeSvd(square, dim, dim, /*with_vectors=*/true);
  if (!(svd.s[0] > 0)) return;
  for (size_t at = 0; at < rows->size(); at += width) {
    double part = 0;
    for (size_t i = 0; i < width; ++i) {
      part += (*rows)[at + i] * svd.u[i * width];
    }
    for (size_t i = 0; i < width; ++i) {
      (*rows)[at + i] -= static_cast<float>(part * svd.u[i * width]);
    }
  }
}

absl::StatusOr<SentenceSimilarityResult> EvaluateSentences(
    absl::Span<const SentencePair> pairs, const Vocabulary& vocabulary,
    const MatrixView& vectors, absl::Span<const double> weights,
    const SentenceOptions& options) {
  const bool weighted = options.pool.pooling == Pooling::kSif;
  if (vectors.rows < vocabulary.size() ||
      (weighted && weights.size() < vocabulary.size())) {
    return absl::InvalidArgumentError(
        absl::StrCat(vectors.rows, " vectors and ", weights.size(),
                     " weights for ", vocabulary.size(), " keys"));
  }
  SentenceSimilarityResult result;
  result.total = pairs.size();
  std::vector<float> rows;  // two a pair
  std::vector<double> given;
  size_t width = 0;
  for (const SentencePair& pair : pairs) {
    uint64_t first_words, second_words;
    const auto first = SentenceWords(pair.first, vocabulary, &first_words);
    const auto second = SentenceWords(pair.second, vocabulary, &second_words);
    result.words += first_words + second_words;
    result.words_known += first.size() + second.size();
    if (first.empty() || second.empty()) continue;
    for (const auto& ids : {first, second}) {
      const std::vector<float> row =
          PoolWords(ids, vectors, weights, options.pool);
      width = row.size();
      rows.insert(rows.end(), row.begin(), row.end());
    }
    given.push_back(pair.score);
  }
  result.used = given.size();
  if (weighted && options.remove_common && !rows.empty()) {
    RemoveCommonComponent(static_cast<int>(width), &rows);
  }
  std::vector<double> cosines;
  const absl::Span<const float> all = rows;
  for (size_t at = 0; at < rows.size(); at += 2 * width) {
    cosines.push_back(
        Cosine(all.subspan(at, width), all.subspan(at + width, width)));
  }
  result.spearman = SpearmanCorrelation(given, cosines);
  result.pearson = PearsonCorrelation(given, cosines);
  return result;
}

}  // namespace embed
