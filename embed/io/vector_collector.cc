#include "embed/io/vector_collector.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/hash.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/base/utf8.h"
#include "embed/io/key_text.h"

namespace embed {
namespace {

constexpr uint64_t kFirstRows = 1024;
// What an oddity was and what became of it; begins with the count.
constexpr absl::string_view kSentences[kOddities] = {
    "byte order mark, passed over",
    "line ends of CR LF, taken as LF",
    "empty lines, left out",
    "keys with blanks within",
    ("keys that end in a number after a blank: look whether these lines have "
     "more numbers than the others"),
    "bad UTF-8 sequences in keys, replaced by U+FFFD",
    "vectors without a key, left out",
    "vectors with the key of an earlier one, left out",
};

}  // namespace

size_t VectorCollector::KeyHash::operator()(absl::string_view key) const {
  return Hash64(key);
}

absl::Status VectorCollector::Start(uint64_t expected_rows, int dim) {
  EMBED_ASSIGN_OR_RETURN(
      vectors_.table,
      WithPrefix(absl::StrCat(name_, ": line 1"),
                 EmbeddingTable::Create(
                     expected_rows > 0 ? expected_rows : kFirstRows, dim)));
  return absl::OkStatus();
}

absl::StatusOr<float*> VectorCollector::NextRow() {
  if (rows() == vectors_.table.rows()) {
    EMBED_RETURN_IF_ERROR(
        WithPrefix(absl::StrCat(name_, ": ", unit_, " ", rows() + 1),
                   vectors_.table.Resize(2 * rows())));
  }
  return vectors_.table.row(rows());
}

absl::Status VectorCollector::CheckFinite(absl::string_view key,
                                          uint64_t number) const {
  const float* row = vectors_.table.row(rows());
  bool finite = true;
  for (int i = 0; i < dim(); ++i) {
    finite &= std::abs(row[i]) <= std::numeric_limits<float>::max();
  }
  if (finite) return absl::OkStatus();
  const float* bad = std::find_if_not(
      row, row + dim(), [](float value) { return std::isfinite(value); });
  return Damaged(number,
                 absl::StrCat("key ", Quoted(key), ": number ", bad - row + 1,
                              " is ", *bad, ", expected a finite float32"));
}

absl::Status VectorCollector::Add(absl::string_view key, uint64_t number) {
  ++added_;
  EMBED_RETURN_IF_ERROR(CheckFinite(key, number));
  if (ValidUtf8Prefix(key) < key.size()) {
    const uint64_t bad = RepairUtf8(key, &repaired_);
    key = repaired_;
    Note(Oddity::kBadUtf8, number, key);
    tallies_[static_cast<size_t>(Oddity::kBadUtf8)].count += bad - 1;
  }
  if (key.size() > Vocabulary::kMaxKeyBytes) {
    return Damaged(number, absl::StrCat("a key of more than ",
                                        Vocabulary::kMaxKeyBytes, " bytes"));
  }
  if (key.empty()) {
    Note(Oddity::kEmptyKey, number);
    return absl::OkStatus();
  }
  if (known_.contains(key)) {
    Note(Oddity::kRepeatedKey, number, key);
    return absl::OkStatus();
  }
  text_.append(key.data(), key.size());
  offsets_.push_back(text_.size());
  known_.insert(static_cast<uint32_t>(rows() - 1));
  return absl::OkStatus();
}

void VectorCollector::Note(Oddity oddity, uint64_t number,
                           absl::string_view example) {
  Tally& tally = tallies_[static_cast<size_t>(oddity)];
  if (tally.count++ > 0) return;
  tally.first = number;
  if (!example.empty()) {
    tally.example = absl::StrCat(", ", Quoted(example));
  }
}

void VectorCollector::NoteFile(absl::string_view sentence) {
  vectors_.tolerated.push_back(absl::StrCat(name_, ": ", sentence));
}

absl::Status VectorCollector::Damaged(uint64_t number,
                                      absl::string_view problem) const {
  return Damaged(absl::StrCat(unit_, " ", number), problem);
}

absl::Status VectorCollector::Damaged(absl::string_view place,
                                      absl::string_view problem) const {
  return absl::DataLossError(absl::StrCat(name_, ": ", place, ": ", problem));
}

void VectorCollector::TellOddities() {
  for (size_t i = 0; i < kOddities; ++i) {
    const Tally& tally = tallies_[i];
    if (tally.count == 0) continue;
    NoteFile(absl::StrCat(tally.count, " ", kSentences[i], " (first: ", unit_,
                          " ", tally.first, tally.example, ")"));
  }
}

absl::StatusOr<KeyedVectors> VectorCollector::Finish(uint64_t promised_rows) {
  if (promised_rows == kNothingPromised) {
    NoteFile(absl::StrCat("no first line of rows and dim: dim ", dim(),
                          " as in the first vector"));
  } else if (promised_rows != added_) {
    NoteFile(absl::StrCat("the first line promises ", promised_rows,
                          " vectors, there are ", added_));
  }
  TellOddities();
  EMBED_RETURN_IF_ERROR(vectors_.table.Resize(rows()));
  std::vector<uint64_t> counts(rows());
  EMBED_ASSIGN_OR_RETURN(
      vectors_.vocabulary,
      WithPrefix(name_,
                 Vocabulary::Create(std::move(text_), std::move(offsets_),
                                    std::move(counts))));
  return std::move(vectors_);
}

}  // namespace embed
