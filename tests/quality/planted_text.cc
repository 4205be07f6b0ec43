#include "tests/quality/planted_text.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"

namespace embed {
namespace {

constexpr uint32_t kTopics = 24;
constexpr uint32_t kTopicWords = 20;
constexpr uint32_t kFillers = 30;
constexpr uint32_t kMarkers = 4;  // of each side of a pair
constexpr int kPartWords = 8;

// Ids before they are sorted by count.
constexpr uint32_t kFirstFiller = kTopics * kTopicWords;
constexpr uint32_t kFirstMarker = kFirstFiller + kFillers;
constexpr uint32_t kFirstPair = kFirstMarker + 2 * kMarkers;
constexpr uint32_t kIds = kFirstPair + 2 * kTopics;

class TextMaker {
 public:
  explicit TextMaker(uint64_t seed) : random_(seed) {}

  std::vector<uint32_t> Sentence() {
    std::vector<uint32_t> sentence;
    for (int part = 0; part < 2; ++part) AppendPart(&sentence);
    return sentence;
  }

 private:
  // std's distributions differ between libraries, its generators do not.
  uint32_t Below(uint32_t end) {
    return static_cast<uint32_t>(random_() % end);
  }

  // Low numbers more often, about as 1 / (number + 1).
  uint32_t Skewed(uint32_t end) { return Below(1 + Below(end)); }

  void AppendPart(std::vector<uint32_t>* sentence) {
    const uint32_t topic = Below(kTopics);
    // 0 and 1: with that word of the pair, else without.
    const uint32_t side = Below(4);
    for (int i = 0; i < kPartWords; ++i) {
      if (i == kPartWords / 2 && side < 2) {
        sentence->push_back(Marker(side));
        sentence->push_back(kFirstPair + 2 * topic + side);
        sentence->push_back(Marker(side));
      }
      sentence->push_back(topic * kTopicWords + Skewed(kTopicWords));
      if (Below(2) == 0) sentence->push_back(kFirstFiller + Skewed(kFillers));
    }
  }

  uint32_t Marker(uint32_t side) {
    return kFirstMarker + side * kMarkers + Below(kMarkers);
  }

  std::mt19937_64 random_;
};

std::string Name(uint32_t id) {
  if (id < kFirstFiller) {
    return absl::StrCat("topic", id / kTopicWords, "_", id % kTopicWords);
  }
  if (id < kFirstMarker) return absl::StrCat("filler", id - kFirstFiller);
  if (id < kFirstPair) return absl::StrCat("marker", id - kFirstMarker);
  const uint32_t place = id - kFirstPair;
  return absl::StrCat(place % 2 == 0 ? "left" : "right", place / 2);
}

std::vector<AnalogyQuestion> Questions() {
  std::vector<AnalogyQuestion> questions;
  for (uint32_t a = 0; a < kTopics; ++a) {
    for (uint32_t b = 0; b < kTopics; ++b) {
      if (a == b) continue;
      questions.push_back({"pairs", absl::StrCat("left", a),
                           absl::StrCat("right", a), absl::StrCat("left", b),
                           absl::StrCat("right", b)});
    }
  }
  return questions;
}

}  // namespace

PlantedText MakePlantedText(uint64_t sentences, uint64_t seed) {
  PlantedText text;
  TextMaker maker(seed);
  std::vector<std::pair<uint64_t, uint32_t>> counted(kIds);
  for (uint32_t id = 0; id < kIds; ++id) counted[id].second = id;
  for (uint64_t i = 0; i < sentences; ++i) {
    text.sentences.push_back(maker.Sentence());
    for (const uint32_t id : text.sentences.back()) ++counted[id].first;
  }
  // The commonest first, as everywhere in the project.
  std::stable_sort(
      counted.begin(), counted.end(),
      [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<uint32_t> new_id(kIds);
  std::vector<std::string> keys;
  std::vector<uint64_t> counts;
  for (const auto& [count, id] : counted) {
    new_id[id] = static_cast<uint32_t>(keys.size());
    keys.push_back(Name(id));
    counts.push_back(count);
    text.topic_of.push_back(id < kFirstFiller ? id / kTopicWords
                                              : PlantedText::kNoTopic);
  }
  for (std::vector<uint32_t>& sentence : text.sentences) {
    for (uint32_t& id : sentence) id = new_id[id];
  }
  text.vocabulary = *Vocabulary::Create(keys, std::move(counts));
  text.questions = Questions();
  return text;
}

}  // namespace embed
