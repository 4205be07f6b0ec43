#include "apps/walk_output.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/text_output.h"
#include "embed/base/status_macros.h"
#include "embed/io/key_text.h"

namespace embed {

absl::Status WriteWalks(SequenceSource* source, const Vocabulary& vocabulary,
                        uint32_t epochs, int threads, const std::string& path) {
  // At a key's id; empty: as it is.
  EMBED_ASSIGN_OR_RETURN(const std::vector<std::string> replaced,
                         ReplacedKeys(vocabulary));
  EMBED_ASSIGN_OR_RETURN(TextOutput output, TextOutput::Open(path));
  const uint64_t chunks = source->num_chunks();
  const auto make = [&](uint64_t piece, std::string* text) -> absl::Status {
    SequenceBatch batch;
    EMBED_RETURN_IF_ERROR(source->Read(static_cast<uint32_t>(piece / chunks),
                                       piece % chunks, &batch));
    for (size_t i = 0; i < batch.num_sequences(); ++i) {
      const absl::Span<const uint32_t> walk = batch.sequence(i);
      for (size_t place = 0; place < walk.size(); ++place) {
        if (place > 0) text->push_back(' ');
        const std::string& other = replaced[walk[place]];
        absl::StrAppend(text,
                        other.empty() ? vocabulary.key(walk[place]) : other);
      }
      text->push_back('\n');
    }
    return absl::OkStatus();
  };
  EMBED_RETURN_IF_ERROR(output.Write(epochs * chunks, threads, make));
  return output.Close();
}

}  // namespace embed
