#include "apps/phrase_pass.h"

#include <memory>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/common/command_line.h"
#include "apps/common/output_file.h"
#include "apps/common/text_output.h"
#include "apps/text_modes.h"
#include "embed/base/status_macros.h"
#include "text/corpus.h"
#include "text/phrase_file.h"
#include "text/phrase_filter.h"
#include "text/phrases.h"

namespace embed {
namespace {

// Before any work: the file can be written and is none of the inputs.
absl::Status CheckOutput(const std::string& flag, const std::string& path,
                         const TextFlags& text) {
  if (path.empty() || path == "-") return absl::OkStatus();
  std::vector<std::string> inputs = text.corpus.paths;
  inputs.insert(inputs.end(), text.phrase_lists.begin(),
                text.phrase_lists.end());
  return CheckOutputFile(flag, path, inputs);
}

std::vector<std::string> Notes(const FoundPhrases& found,
                               const PhrasePassFlags& flags) {
  const CorpusStats& stats = found.stats;
  std::vector<std::string> notes = {absl::StrCat(
      stats.lines, " lines, ", stats.tokens, " tokens, ", stats.distinct_tokens,
      " distinct words and pairs; ", found.phrases.size(),
      " phrases with a score above ", flags.options.threshold)};
  if (stats.max_count_error > 0) {
    notes.push_back(absl::StrCat(
        "warning: rare words and pairs were forgotten while counting "
        "(--max_distinct): counts are up to ",
        stats.max_count_error, " too low"));
  }
  for (std::string& warning : TextWarnings(stats)) {
    notes.push_back(std::move(warning));
  }
  notes.push_back("wrote " + flags.find_path);
  return notes;
}

// The corpus as its filters leave it. A line that chunks divide stays one.
// *stats: what of TextWarnings() the chunks tell.
absl::Status WriteText(Corpus* corpus, int threads, const std::string& path,
                       CorpusStats* stats) {
  stats->dropped_tokens = corpus->dropped_tokens();
  std::mutex mutex;  // of *stats
  EMBED_ASSIGN_OR_RETURN(TextOutput output, TextOutput::Open(path));
  const auto make = [&](uint64_t i, std::string* text) -> absl::Status {
    CorpusChunk chunk;
    EMBED_RETURN_IF_ERROR(corpus->ReadChunk(i, &chunk));
    {
      const std::lock_guard<std::mutex> lock(mutex);
      stats->bad_sequences += chunk.bad_sequences;
      stats->nul_bytes += chunk.nul_bytes;
    }
    *text = std::move(chunk.text);
    if (text->empty() || text->back() == '\n') return absl::OkStatus();
    if (text->back() == ' ') text->pop_back();
    text->push_back(chunk.ends_line ? '\n' : ' ');
    return absl::OkStatus();
  };
  EMBED_RETURN_IF_ERROR(output.Write(corpus->num_chunks(), threads, make));
  return output.Close();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> RunPhrasePass(
    const TextFlags& text, const PhrasePassFlags& flags) {
  EMBED_RETURN_IF_ERROR(CheckOutput("--find_phrases", flags.find_path, text));
  EMBED_RETURN_IF_ERROR(CheckOutput("--joined_text", flags.text_path, text));
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<Corpus> corpus,
                         OpenCorpus(text, /*sets=*/false));
  std::vector<std::string> notes;
  if (!flags.find_path.empty()) {
    EMBED_ASSIGN_OR_RETURN(const FoundPhrases found,
                           FindPhrases(corpus.get(), flags.options));
    EMBED_RETURN_IF_ERROR(WritePhraseFile(found.phrases, flags.find_path));
    notes = Notes(found, flags);
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const Phrase& phrase : found.phrases) {
      pairs.emplace_back(phrase.first, phrase.second);
    }
    corpus->AddFilter(NewPhraseFilter(pairs));
  }
  if (!flags.text_path.empty()) {
    CorpusStats stats;
    EMBED_RETURN_IF_ERROR(WriteText(corpus.get(), flags.options.threads,
                                    flags.text_path, &stats));
    if (flags.find_path.empty()) notes = TextWarnings(stats);
    if (flags.text_path != "-") notes.push_back("wrote " + flags.text_path);
  }
  return notes;
}

}  // namespace embed
