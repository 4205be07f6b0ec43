#include "embed/io/fasttext_file.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/io/key_text.h"
#include "embed/io/mapped_file.h"

namespace embed {
namespace {

constexpr int32_t kFasttextMagic = 793712314;
constexpr int32_t kOldestVersion = 11;
constexpr int32_t kNewestVersion = 12;

constexpr int32_t kHierarchicalSoftmax = 1;
constexpr int32_t kNegativeSampling = 2;
constexpr int32_t kCbow = 1;
constexpr int32_t kSkipGram = 2;
constexpr int32_t kSupervised = 3;
// A word has nearly this many n-grams for each of its bytes: longer ones would
// let a small file ask for any memory. Words in use are shorter.
constexpr int32_t kLongestNgram = 100;

// A mapped file read from front to back.
class Cursor {
 public:
  explicit Cursor(const MappedFile* file) : file_(file) {}

  uint64_t offset() const { return offset_; }
  uint64_t left() const { return file_->size() - offset_; }
  const uint8_t* data() const { return file_->data() + offset_; }

  absl::Status Damaged(uint64_t at, absl::string_view what) const {
    return absl::DataLossError(
        absl::StrCat(file_->path(), ": byte ", at, ": ", what,
                     "; the fastText model is damaged or cut off"));
  }
  absl::Status Refused(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(file_->path(), ": ", what));
  }

  absl::Status Within(absl::string_view what,
                      const absl::Status& status) const {
    return WithPrefix(absl::StrCat(file_->path(), ": ", what), status);
  }

  template <typename T>
  absl::Status Read(const char* what, T* value) {
    if (left() < sizeof(T)) {
      return Damaged(offset_, absl::StrCat("the file ends before ", what));
    }
    std::memcpy(value, data(), sizeof(T));
    offset_ += sizeof(T);
    return absl::OkStatus();
  }

  // The bytes before the next NUL, which is passed over.
  absl::StatusOr<absl::string_view> ReadText() {
    const void* const end = left() == 0 ? nullptr : memchr(data(), 0, left());
    if (end == nullptr) return Damaged(offset_, "the file ends within a word");
    const absl::string_view text(reinterpret_cast<const char*>(data()));
    offset_ += text.size() + 1;
    return text;
  }

  void Skip(uint64_t bytes) { offset_ += bytes; }

 private:
  const MappedFile* const file_;
  uint64_t offset_ = 0;
};

// The arguments of the training, in the file's order.
struct Arguments {
  int32_t dim, window, epochs, min_count, negatives, word_ngrams, loss, model,
      buckets, min_n, max_n, rate_updates;
};

absl::Status ReadStart(Cursor* cursor) {
  int32_t magic = 0;
  int32_t version = 0;
  if (cursor->left() >= sizeof(magic)) {
    EMBED_RETURN_IF_ERROR(cursor->Read("the magic number", &magic));
  }
  if (magic != kFasttextMagic) {
    return cursor->Refused(
        "not a fastText model (.bin): it does not start with its magic number");
  }
  EMBED_RETURN_IF_ERROR(cursor->Read("the version", &version));
  if (version < kOldestVersion || version > kNewestVersion) {
    return cursor->Refused(absl::StrCat("a fastText model of version ", version,
                                        ", expected ", kOldestVersion, " or ",
                                        kNewestVersion));
  }
  return absl::OkStatus();
}

absl::Status CheckArguments(const Cursor& cursor, const Arguments& arguments) {
  if (arguments.model == kSupervised) {
    return cursor.Refused(
        "a supervised fastText model (a classifier of texts); expected one of "
        "skipgram or cbow");
  }
  if (arguments.model != kCbow && arguments.model != kSkipGram) {
    return cursor.Damaged(cursor.offset(),
                          absl::StrCat("the kind of model is ", arguments.model,
                                       ", expected 1, 2 or 3"));
  }
  if (arguments.dim < 1 || arguments.buckets < 0 || arguments.min_n < 0 ||
      arguments.max_n < 0) {
    return cursor.Damaged(
        cursor.offset(),
        absl::StrCat("dim ", arguments.dim, ", buckets ", arguments.buckets,
                     ", n-grams of ", arguments.min_n, " to ", arguments.max_n,
                     ": not the numbers of a model"));
  }
  if (arguments.max_n > kLongestNgram) {
    return cursor.Refused(
        absl::StrCat("a fastText model with n-grams of up to ", arguments.max_n,
                     " characters, expected at most ", kLongestNgram));
  }
  return absl::OkStatus();
}

std::map<std::string, std::string> OptionsOf(const Arguments& arguments,
                                             double subsample) {
  return {{"arch", arguments.model == kCbow ? "cbow" : "skipgram"},
          {"dim", absl::StrCat(arguments.dim)},
          {"epochs", absl::StrCat(arguments.epochs)},
          {"loss", arguments.loss == kHierarchicalSoftmax ? "hs"
                   : arguments.loss == kNegativeSampling  ? "ns"
                                                          : "other"},
          {"min_count", absl::StrCat(arguments.min_count)},
          {"negatives", absl::StrCat(arguments.negatives)},
          {"subsample", absl::StrCat(subsample)},
          {"window", absl::StrCat(arguments.window)}};
}

absl::StatusOr<Arguments> ReadArguments(Cursor* cursor, FasttextModel* model) {
  Arguments arguments;
  double subsample;
  EMBED_RETURN_IF_ERROR(cursor->Read("the end of the arguments", &arguments));
  EMBED_RETURN_IF_ERROR(cursor->Read("the end of the arguments", &subsample));
  EMBED_RETURN_IF_ERROR(CheckArguments(*cursor, arguments));
  model->min_n = arguments.min_n;
  model->max_n = arguments.max_n;
  model->buckets = static_cast<uint32_t>(arguments.buckets);
  model->options = OptionsOf(arguments, subsample);
  return arguments;
}

struct EntryCounts {
  int32_t entries, words, labels;
};

absl::StatusOr<uint64_t> ReadEntryCount(Cursor* cursor) {
  EntryCounts counts = {};
  int64_t tokens = 0;
  int64_t pruned = 0;
  EMBED_RETURN_IF_ERROR(cursor->Read("the sizes of the dictionary", &counts));
  EMBED_RETURN_IF_ERROR(cursor->Read("the number of tokens", &tokens));
  EMBED_RETURN_IF_ERROR(cursor->Read("the size of the pruning", &pruned));
  if (pruned >= 0) {
    return cursor->Refused(
        "a pruned fastText model (quantised with a cutoff); expected a whole "
        "one");
  }
  if (counts.words < 0 || counts.labels != 0 ||
      counts.entries != counts.words) {
    return cursor->Damaged(
        cursor->offset(),
        absl::StrCat("a dictionary of ", counts.entries, " entries, ",
                     counts.words, " words and ", counts.labels,
                     " labels; expected words alone"));
  }
  return static_cast<uint64_t>(counts.words);
}

absl::StatusOr<Vocabulary> ReadWords(Cursor* cursor) {
  EMBED_ASSIGN_OR_RETURN(const uint64_t words, ReadEntryCount(cursor));
  const uint64_t start = cursor->offset();
  // An entry takes at least 10 bytes: no more memory than the file has bytes.
  constexpr uint64_t kLeastBytes = 1 + sizeof(int64_t) + 1;
  if (words > cursor->left() / kLeastBytes) {
    return cursor->Damaged(
        start, absl::StrCat("no room for the ", words, " words promised"));
  }
  std::string text;
  std::vector<uint64_t> offsets = {0};
  std::vector<uint64_t> counts;
  offsets.reserve(words + 1);
  counts.reserve(words);
  for (uint64_t i = 0; i < words; ++i) {
    EMBED_ASSIGN_OR_RETURN(const absl::string_view word, cursor->ReadText());
    int64_t count = 0;
    int8_t type = 0;
    EMBED_RETURN_IF_ERROR(cursor->Read("the count of a word", &count));
    EMBED_RETURN_IF_ERROR(cursor->Read("the type of a word", &type));
    if (count < 0 || type != 0) {
      return cursor->Damaged(
          cursor->offset(),
          absl::StrCat("word ", i, ", ", Quoted(word), ", has the count ",
                       count, " and the type ", type,
                       "; expected at least 0, and 0"));
    }
    text.append(word.data(), word.size());
    offsets.push_back(text.size());
    counts.push_back(static_cast<uint64_t>(count));
  }
  auto vocabulary = Vocabulary::Create(std::move(text), std::move(offsets),
                                       std::move(counts));
  if (!vocabulary.ok()) {
    return cursor->Damaged(start, vocabulary.status().message());
  }
  return vocabulary;
}

absl::StatusOr<EmbeddingTable> ReadMatrix(Cursor* cursor, const char* name,
                                          uint64_t rows, int dim) {
  uint8_t quantised = 0;
  int64_t found_rows = 0;
  int64_t found_dim = 0;
  EMBED_RETURN_IF_ERROR(cursor->Read(name, &quantised));
  if (quantised != 0) {
    return cursor->Refused(absl::StrCat(
        "a quantised fastText model (.ftz): ", name,
        " is compressed with loss; expected the .bin it was made from"));
  }
  EMBED_RETURN_IF_ERROR(cursor->Read(name, &found_rows));
  EMBED_RETURN_IF_ERROR(cursor->Read(name, &found_dim));
  if (found_rows != static_cast<int64_t>(rows) || found_dim != dim) {
    return cursor->Damaged(
        cursor->offset() - 2 * sizeof(int64_t),
        absl::StrCat(name, " has ", found_rows, " rows of ", found_dim,
                     " numbers, expected ", rows, " of ", dim));
  }
  const uint64_t row_bytes = static_cast<uint64_t>(dim) * sizeof(float);
  if (cursor->left() / row_bytes < rows) {
    return cursor->Damaged(cursor->offset(),
                           absl::StrCat("the file ends within ", name));
  }
  absl::StatusOr<EmbeddingTable> table = EmbeddingTable::Create(rows, dim);
  if (!table.ok()) return cursor->Within(name, table.status());
  for (uint64_t r = 0; r < rows; ++r) {
    std::memcpy(table->row(r), cursor->data(), row_bytes);
    cursor->Skip(row_bytes);
  }
  return table;
}

}  // namespace

absl::StatusOr<bool> IsFasttextFile(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file,
                         MappedFile::Open(path));
  int32_t magic = 0;
  if (file->size() >= sizeof(magic)) {
    std::memcpy(&magic, file->data(), sizeof(magic));
  }
  return magic == kFasttextMagic;
}

absl::StatusOr<FasttextModel> ReadFasttext(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file,
                         MappedFile::Open(path));
  Cursor cursor(file.get());
  FasttextModel model;
  EMBED_RETURN_IF_ERROR(ReadStart(&cursor));
  EMBED_ASSIGN_OR_RETURN(const Arguments arguments,
                         ReadArguments(&cursor, &model));
  EMBED_ASSIGN_OR_RETURN(model.vocabulary, ReadWords(&cursor));
  const uint64_t words = model.vocabulary.size();
  EMBED_ASSIGN_OR_RETURN(
      model.input, ReadMatrix(&cursor, "the input table", words + model.buckets,
                              arguments.dim));
  EMBED_ASSIGN_OR_RETURN(model.output, ReadMatrix(&cursor, "the output table",
                                                  words, arguments.dim));
  return model;
}

}  // namespace embed
