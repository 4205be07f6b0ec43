// What a fuzzer runs: each reader of files, the flags of the commands and the
// connections of embedserve on arbitrary bytes.
//
// A reader may refuse an input in whatever words it likes, but must not crash,
// throw, hang or ask for memory that the input does not explain; what it
// accepts must hold together. A harness ends the process (FUZZ_CHECK) where
// that is not so. The same functions run under libFuzzer (EMBED_FUZZ) and, on
// the inputs of tests/fuzz/corpus, in the tests fuzz_replay_test and
// fuzz_commands_replay_test.
#ifndef EMBED_TESTS_FUZZ_HARNESSES_H_
#define EMBED_TESTS_FUZZ_HARNESSES_H_

#include "absl/strings/string_view.h"

namespace embed {

// Graphs: the last byte of the input chooses directed and weighted.
void FuzzEdgeList(absl::string_view input);
void FuzzAdjacencyList(absl::string_view input);
void FuzzTypedEdgeList(absl::string_view input);
void FuzzGraphMl(absl::string_view input);
// Text.
void FuzzCorpus(absl::string_view input);
void FuzzVocabulary(absl::string_view input);  // and lists of words, of phrases
void FuzzStrokes(absl::string_view input);
// Vectors of other programs.
void FuzzVectorText(absl::string_view input);
void FuzzVectorBinary(absl::string_view input);
void FuzzFasttext(absl::string_view input);
// Containers: the bytes as they are, and with header and checksums made good
// (container_seal.h), so that what is behind them is reached.
void FuzzModel(absl::string_view input);
void FuzzIndex(absl::string_view input);
void FuzzCheckpoint(absl::string_view input);

// A line with a command (and the task, of embedeval), then an argument a line;
// what follows --flagfile is the text of that file. Files are not opened: their
// names are replaced. What comes past the checks of the flags must be in the
// ranges that are stated for them.
void FuzzFlags(absl::string_view input);
// What a client sends on one connection to embedserve, to one that is
// --writable and one that is not. Answers are whole and well formed, as the
// access log tells them, and no fault of the service.
void FuzzHttp(absl::string_view input);

struct Harness {
  const char* name;  // of its fuzzer (fuzz_NAME) and of its corpus
  void (*run)(absl::string_view input);
};

inline constexpr Harness kFileHarnesses[] = {
    {"edge_list", FuzzEdgeList},
    {"adjacency_list", FuzzAdjacencyList},
    {"typed_edge_list", FuzzTypedEdgeList},
    {"graphml", FuzzGraphMl},
    {"corpus", FuzzCorpus},
    {"vocabulary", FuzzVocabulary},
    {"strokes", FuzzStrokes},
    {"vector_text", FuzzVectorText},
    {"vector_binary", FuzzVectorBinary},
    {"fasttext", FuzzFasttext},
    {"model", FuzzModel},
    {"index", FuzzIndex},
    {"checkpoint", FuzzCheckpoint},
};

inline constexpr Harness kFlagHarnesses[] = {{"flags", FuzzFlags}};
inline constexpr Harness kConnectionHarnesses[] = {{"http", FuzzHttp}};

}  // namespace embed

#endif  // EMBED_TESTS_FUZZ_HARNESSES_H_
