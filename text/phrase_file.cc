#include "text/phrase_file.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/atomic_file.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"
#include "text/tokenizer.h"

namespace embed {
namespace {

constexpr absl::string_view kFirstLine = "phrase\tscore\tcount\tfirst\tsecond";
// Some fifty million phrases.
constexpr size_t kMaxPhraseBytes = size_t{2} << 30;

using WordPairs = std::vector<std::pair<std::string, std::string>>;

// The words of a line before its first tab.
std::vector<absl::string_view> WordsOf(absl::string_view line) {
  std::vector<absl::string_view> words;
  Tokenizer tokens(line.substr(0, line.find('\t')));
  absl::string_view word;
  while (tokens.Next(&word) == Tokenizer::kToken) words.push_back(word);
  return words;
}

}  // namespace

absl::Status WritePhraseFile(const std::vector<Phrase>& phrases,
                             const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<AtomicFile> file,
                         AtomicFile::Create(path));
  EMBED_RETURN_IF_ERROR(file->Write(absl::StrCat(kFirstLine, "\n")));
  for (const Phrase& phrase : phrases) {
    EMBED_RETURN_IF_ERROR(file->Write(absl::StrFormat(
        "%s %s\t%.6g\t%d\t%d\t%d\n", phrase.first, phrase.second, phrase.score,
        phrase.count, phrase.first_count, phrase.second_count)));
  }
  return file->Commit();
}

absl::StatusOr<WordPairs> ReadPhraseFile(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxPhraseBytes));
  TextLines lines(text, InputName(path));
  WordPairs pairs;
  absl::string_view line;
  bool has_first_line = false;
  while (lines.Next(&line)) {
    if (!IsValidUtf8(line)) return lines.Error("it is not valid UTF-8");
    if (lines.number() == 1 && line == kFirstLine) {
      has_first_line = true;
      continue;
    }
    const std::vector<absl::string_view> words = WordsOf(line);
    if (words.empty() && line.find('\t') == absl::string_view::npos) continue;
    if (words.size() != 2) {
      return lines.Error(
          absl::StrCat("expected two words with a blank between, found ",
                       words.size(), " (what follows a tab is not looked at)"));
    }
    if (words[0].size() + words[1].size() >= Tokenizer::kMaxTokenBytes) {
      return lines.Error("its words are too long joined");
    }
    pairs.emplace_back(words[0], words[1]);
  }
  // One that was written so is a result: no pair was above the threshold.
  if (pairs.empty() && !has_first_line) {
    return absl::InvalidArgumentError(absl::StrCat(
        InputName(path),
        ": holds no phrases; expected lines of two words, as --find_phrases "
        "writes them"));
  }
  return pairs;
}

}  // namespace embed
