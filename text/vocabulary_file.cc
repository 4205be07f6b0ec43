#include "text/vocabulary_file.h"

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "embed/base/hash_table.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/atomic_file.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

// A hundred million words.
constexpr size_t kMaxVocabularyBytes = size_t{2} << 30;

absl::StatusOr<WordCount> ParseLine(const TextLines& lines,
                                    absl::string_view line) {
  const size_t blank = line.find_last_of(" \t");
  if (blank == absl::string_view::npos) {
    return lines.Error("no count; expected a word, a blank and its count");
  }
  const absl::string_view count = line.substr(blank + 1);
  const absl::string_view word =
      absl::StripAsciiWhitespace(line.substr(0, blank));
  WordCount parsed{std::string(word), 0};
  if (!absl::SimpleAtoi(count, &parsed.count) || parsed.count == 0) {
    return lines.Error(
        absl::StrCat("the count \"", count, "\" is no whole number above 0"));
  }
  if (word.empty() || word.size() > Vocabulary::kMaxKeyBytes) {
    return lines.Error("the word is empty or too long");
  }
  if (!IsValidUtf8(word)) return lines.Error("the word is not valid UTF-8");
  return parsed;
}

}  // namespace

absl::Status WriteVocabularyFile(const Vocabulary& vocabulary,
                                 const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<AtomicFile> file,
                         AtomicFile::Create(path));
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    EMBED_RETURN_IF_ERROR(file->Write(
        absl::StrCat(vocabulary.key(id), " ", vocabulary.count(id), "\n")));
  }
  return file->Commit();
}

absl::StatusOr<std::vector<WordCount>> ReadVocabularyFile(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxVocabularyBytes));
  TextLines lines(text, InputName(path));
  std::vector<WordCount> words;
  HashMap<std::string, uint64_t> line_of;
  absl::string_view line;
  while (lines.Next(&line)) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    EMBED_ASSIGN_OR_RETURN(WordCount word, ParseLine(lines, line));
    if (lines.number() == 1 && word.word == "</s>") continue;
    const auto [first, is_new] = line_of.emplace(word.word, lines.number());
    if (!is_new) {
      return lines.Error(absl::StrCat("the word \"", word.word,
                                      "\" stands in line ", first->second,
                                      " as well"));
    }
    words.push_back(std::move(word));
  }
  if (words.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        InputName(path),
        ": holds no words; expected lines of a word, a blank and its count"));
  }
  std::sort(words.begin(), words.end(), BeforeInVocabulary);
  return words;
}

absl::StatusOr<std::vector<std::string>> ReadWordList(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxVocabularyBytes));
  TextLines lines(text, InputName(path));
  std::vector<std::string> words;
  absl::string_view line;
  while (lines.Next(&line)) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    if (!IsValidUtf8(line)) return lines.Error("the word is not valid UTF-8");
    words.emplace_back(line);
  }
  return words;
}

}  // namespace embed
