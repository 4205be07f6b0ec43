#include <string>

#include "absl/status/statusor.h"
#include "embed/io/checkpoint_file.h"
#include "embed/io/model_file.h"
#include "tests/fuzz/container_seal.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/harnesses.h"

namespace embed {
namespace {

void ReadOneModel(const std::string& path) {
  const absl::StatusOr<Model> model = ReadModel(path);
  if (!model.ok()) return CheckRefusal(model.status(), path);
  FUZZ_CHECK(model->vectors().rows == model->vocabulary.size());
  FUZZ_CHECK(model->relations.rows() == model->relation_keys.size());
  const std::string copy = FuzzOutput("embed");
  FUZZ_CHECK(WriteModel(*model, copy).ok());
  FUZZ_CHECK(ReadModel(copy).ok());
}

void ReadOneCheckpoint(const std::string& path) {
  const absl::StatusOr<CheckpointFile> file = CheckpointFile::Open(path);
  if (!file.ok()) return CheckRefusal(file.status(), path);
  const std::string copy = FuzzOutput("checkpoint");  // reads every value
  FUZZ_CHECK(WriteCheckpoint(file->checkpoint(), file->identity(), copy).ok());
  FUZZ_CHECK(CheckpointFile::Open(copy).ok());
}

}  // namespace

void FuzzModel(absl::string_view input) {
  AsIsAndSealed(input, "embed",
                "\x89"
                "EMBM\r\n\x1a",
                ReadOneModel);
}

void FuzzCheckpoint(absl::string_view input) {
  AsIsAndSealed(input, "checkpoint",
                "\x89"
                "EMBC\r\n\x1a",
                ReadOneCheckpoint);
}

}  // namespace embed
