// Text made by the test, whose structure good vectors must show again.
//
//   topics     a sentence has two parts, each about a topic: its words are of
//              that topic, with words that mean nothing between them
//   analogies  each topic has a pair of words, which differ in the markers
//              beside them only: the same markers for all topics
#ifndef EMBED_TESTS_QUALITY_PLANTED_TEXT_H_
#define EMBED_TESTS_QUALITY_PLANTED_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "embed/eval/analogy_file.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct PlantedText {
  static constexpr uint32_t kNoTopic = 0xFFFFFFFF;

  std::vector<std::vector<uint32_t>> sentences;  // ids of `vocabulary`
  Vocabulary vocabulary;
  std::vector<uint32_t> topic_of;  // of each id; kNoTopic: of none
  std::vector<AnalogyQuestion> questions;
};

// The same text for the same arguments on any machine.
PlantedText MakePlantedText(uint64_t sentences, uint64_t seed);

}  // namespace embed

#endif  // EMBED_TESTS_QUALITY_PLANTED_TEXT_H_
