#include <cmath>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "embed/base/utf8.h"
#include "embed/io/fasttext_file.h"
#include "embed/io/vector_file.h"
#include "embed/io/vector_reader.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/harnesses.h"

namespace embed {
namespace {

bool SameRows(const EmbeddingTable& a, const EmbeddingTable& b) {
  if (a.rows() != b.rows() || a.dim() != b.dim()) return false;
  for (uint64_t row = 0; row < a.rows(); ++row) {
    for (int i = 0; i < a.dim(); ++i) {
      if (a.row(row)[i] != b.row(row)[i]) return false;
    }
  }
  return true;
}

// What was read is written in the same form and read again.
void FuzzVectors(absl::string_view input, absl::string_view extension,
                 VectorFormat format) {
  const std::string path = FuzzFile(input, extension);
  const absl::StatusOr<KeyedVectors> vectors = ReadVectors(path);
  if (!vectors.ok()) return CheckRefusal(vectors.status(), path);
  FUZZ_CHECK(vectors->vocabulary.size() == vectors->table.rows());
  for (uint32_t id = 0; id < vectors->vocabulary.size(); ++id) {
    FUZZ_CHECK(IsValidUtf8(vectors->vocabulary.key(id)));
    for (int i = 0; i < vectors->table.dim(); ++i) {
      FUZZ_CHECK(std::isfinite(vectors->table.row(id)[i]));
    }
  }
  if (vectors->table.rows() == 0) return;
  const std::string copy = FuzzOutput(extension);
  const absl::StatusOr<VectorFileStats> written =
      WriteVectors(vectors->vocabulary, vectors->view(), format, copy);
  if (!written.ok()) return;  // two keys that differ in white space only
  const absl::StatusOr<KeyedVectors> again = ReadVectors(copy);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(SameRows(vectors->table, again->table));
}

}  // namespace

void FuzzVectorText(absl::string_view input) {
  FuzzVectors(input, "vec", VectorFormat::kText);
}

void FuzzVectorBinary(absl::string_view input) {
  FuzzVectors(input, "bin", VectorFormat::kBinary);
}

void FuzzFasttext(absl::string_view input) {
  const std::string path = FuzzFile(input, "bin");
  FUZZ_CHECK(IsFasttextFile(path).ok());
  const absl::StatusOr<FasttextModel> model = ReadFasttext(path);
  if (!model.ok()) return CheckRefusal(model.status(), path);
  const uint64_t words = model->vocabulary.size();
  FUZZ_CHECK(model->input.rows() == words + model->buckets);
  FUZZ_CHECK(model->output.rows() == words);
}

}  // namespace embed
