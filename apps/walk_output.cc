#include "apps/walk_output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/command_line.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/io/atomic_file.h"
#include "embed/io/key_text.h"

namespace embed {
namespace {

class WalkWriter {
 public:
  WalkWriter(SequenceSource* source, const Vocabulary& vocabulary)
      : source_(source), vocabulary_(vocabulary) {}

  absl::Status Open(const std::string& path) {
    EMBED_ASSIGN_OR_RETURN(replaced_, ReplacedKeys(vocabulary_));
    if (path == "-") return absl::OkStatus();
    EMBED_ASSIGN_OR_RETURN(file_, AtomicFile::Create(path));
    return absl::OkStatus();
  }

  // Chunks are made by many threads at a time and written in their order.
  absl::Status WriteEpoch(uint32_t epoch, int threads) {
    const uint64_t chunks = source_->num_chunks();
    const auto together = static_cast<uint64_t>(threads) * 4;
    for (uint64_t first = 0; first < chunks; first += together) {
      std::vector<std::string> texts(std::min(together, chunks - first));
      std::mutex mutex;
      absl::Status status;
      ParallelFor(threads, texts.size(), [&](uint64_t begin, uint64_t end) {
        for (uint64_t i = begin; i < end; ++i) {
          absl::Status read = ChunkText(epoch, first + i, &texts[i]);
          const std::lock_guard<std::mutex> lock(mutex);
          status.Update(read);
        }
      });
      EMBED_RETURN_IF_ERROR(status);
      for (const std::string& text : texts) {
        EMBED_RETURN_IF_ERROR(Write(text));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Close() {
    if (file_ != nullptr) return file_->Commit();
    return std::fflush(stdout) == 0 ? absl::OkStatus() : OutputError();
  }

 private:
  absl::Status ChunkText(uint32_t epoch, uint64_t chunk, std::string* text) {
    SequenceBatch batch;
    EMBED_RETURN_IF_ERROR(source_->Read(epoch, chunk, &batch));
    for (size_t i = 0; i < batch.num_sequences(); ++i) {
      const absl::Span<const uint32_t> walk = batch.sequence(i);
      for (size_t place = 0; place < walk.size(); ++place) {
        if (place > 0) text->push_back(' ');
        const std::string& replaced = replaced_[walk[place]];
        if (replaced.empty()) {
          absl::StrAppend(text, vocabulary_.key(walk[place]));
        } else {
          absl::StrAppend(text, replaced);
        }
      }
      text->push_back('\n');
    }
    return absl::OkStatus();
  }

  absl::Status Write(const std::string& text) {
    if (file_ != nullptr) return file_->Write(text);
    const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
    return written == text.size() ? absl::OkStatus() : OutputError();
  }

  static absl::Status OutputError() {
    return absl::UnavailableError(
        absl::StrCat("standard output: ", std::strerror(errno)));
  }

  SequenceSource* source_;
  const Vocabulary& vocabulary_;
  std::vector<std::string> replaced_;  // at a key's id; empty: as it is
  std::unique_ptr<AtomicFile> file_;   // null: standard output
};

}  // namespace

absl::Status CheckWalksFile(const std::string& path, const std::string& input) {
  if (path == "-") return absl::OkStatus();
  std::error_code ignored;
  if (std::filesystem::equivalent(path, input, ignored)) {
    return UsageError(absl::StrCat(
        "--walks_only: ", path, " is the input itself; choose another name"));
  }
  return CheckWritable(path);
}

absl::Status WriteWalks(SequenceSource* source, const Vocabulary& vocabulary,
                        uint32_t epochs, int threads, const std::string& path) {
  WalkWriter writer(source, vocabulary);
  EMBED_RETURN_IF_ERROR(writer.Open(path));
  for (uint32_t epoch = 0; epoch < epochs; ++epoch) {
    EMBED_RETURN_IF_ERROR(writer.WriteEpoch(epoch, threads));
  }
  return writer.Close();
}

}  // namespace embed
