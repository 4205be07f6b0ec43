#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/base/utf8.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/harnesses.h"
#include "text/corpus.h"
#include "text/phrase_file.h"
#include "text/stroke_table.h"
#include "text/tokenizer.h"
#include "text/vocabulary_file.h"

namespace embed {
namespace {

struct CorpusText {
  std::string tokens;  // a blank behind each, line ends as they are
  uint64_t bad_sequences = 0;
  uint64_t dropped_tokens = 0;
};

void AppendTokens(absl::string_view text, CorpusText* all) {
  Tokenizer tokenizer(text);
  absl::string_view token;
  Tokenizer::Event event;
  while ((event = tokenizer.Next(&token)) != Tokenizer::kEnd) {
    absl::StrAppend(&all->tokens, event == Tokenizer::kToken
                                      ? absl::StrCat(token, " ")
                                      : std::string("\n"));
  }
  all->dropped_tokens += tokenizer.dropped_tokens();
}

absl::StatusOr<CorpusText> ReadCorpus(const CorpusOptions& options,
                                      unsigned filters) {
  absl::StatusOr<std::unique_ptr<Corpus>> corpus = Corpus::Open(options);
  if (!corpus.ok()) return corpus.status();
  if ((filters & 1) != 0) (*corpus)->AddFilter(NewLowercaseFilter());
  if ((filters & 2) != 0) (*corpus)->AddFilter(NewCharacterFilter());
  CorpusText all;
  CorpusChunk chunk;
  for (uint64_t i = 0; i < (*corpus)->num_chunks(); ++i) {
    const absl::Status status = (*corpus)->ReadChunk(i, &chunk);
    if (!status.ok()) return status;
    FUZZ_CHECK(IsValidUtf8(chunk.text));
    AppendTokens(chunk.text, &all);
    all.bad_sequences += chunk.bad_sequences;
  }
  all.dropped_tokens += (*corpus)->dropped_tokens();
  return all;
}

}  // namespace

// The text is the same however it is cut into chunks.
void FuzzCorpus(absl::string_view input) {
  const std::string path = FuzzFile(input, "txt");
  const unsigned choice = ChoiceOf(input);
  CorpusOptions options;
  options.paths = {path};
  if ((choice & 8) != 0) options.on_bad_utf8 = OnBadUtf8::kFail;
  const absl::StatusOr<CorpusText> whole = ReadCorpus(options, choice & 3);
  options.chunk_bytes = 32 + (choice & 4);
  const absl::StatusOr<CorpusText> cut = ReadCorpus(options, choice & 3);
  if (!whole.ok()) {
    CheckRefusal(whole.status(), path);
    return CheckRefusal(cut.status(), path);
  }
  FUZZ_CHECK(cut.ok());
  if (cut->dropped_tokens + whole->dropped_tokens > 0) return;
  FUZZ_CHECK(cut->tokens == whole->tokens);
  FUZZ_CHECK(cut->bad_sequences == whole->bad_sequences);
}

void FuzzVocabulary(absl::string_view input) {
  const std::string path = FuzzFile(input, "txt");
  const absl::StatusOr<std::vector<WordCount>> words = ReadVocabularyFile(path);
  if (!words.ok()) {
    CheckRefusal(words.status(), path);
  } else {
    FUZZ_CHECK(!words->empty());
    std::vector<std::string> keys;
    std::vector<uint64_t> counts;
    for (const WordCount& word : *words) {
      keys.emplace_back(word.word);
      counts.push_back(word.count);
    }
    const absl::StatusOr<Vocabulary> vocabulary =
        Vocabulary::Create(keys, counts);
    FUZZ_CHECK(vocabulary.ok());
    const std::string copy = FuzzOutput("words");
    FUZZ_CHECK(WriteVocabularyFile(*vocabulary, copy).ok());
    const absl::StatusOr<std::vector<WordCount>> again =
        ReadVocabularyFile(copy);
    FUZZ_CHECK(again.ok() && again->size() == words->size());
  }
  const absl::StatusOr<std::vector<std::string>> list = ReadWordList(path);
  if (!list.ok()) CheckRefusal(list.status(), path);
  const auto phrases = ReadPhraseFile(path);
  if (!phrases.ok()) return CheckRefusal(phrases.status(), path);
  for (const auto& [first, second] : *phrases) {
    FUZZ_CHECK(!first.empty() && !second.empty());
    FUZZ_CHECK(IsValidUtf8(first) && IsValidUtf8(second));
  }
}

void FuzzStrokes(absl::string_view input) {
  const std::string path = FuzzFile(input, "txt");
  const absl::StatusOr<StrokeTable> table =
      StrokeTable::Load(path, StrokeOrders::kAll);
  if (!table.ok()) return CheckRefusal(table.status(), path);
  FUZZ_CHECK(table->size() > 0);
  const std::string text = table->Text();
  const absl::StatusOr<StrokeTable> again =
      StrokeTable::Parse(text, "text", StrokeOrders::kAll);
  FUZZ_CHECK(again.ok() && again->size() == table->size());
  FUZZ_CHECK(again->Text() == text);
  table->WordStrokes(input.substr(0, 64));
}

}  // namespace embed
