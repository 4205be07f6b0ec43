// The regression gate: small real trainings whose quality must not fall below
// what was measured (expected_quality.tsv) by more than the tolerance there.
// That it catches a broken trainer is shown by the programs quality_mutant_*,
// which are this one with a fault put into a source of the library.
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/quality/quality_runs.h"

namespace embed {
namespace {

struct Expected {
  double value = 0.0;
  double tolerance = 0.0;
};

// Lines of name, value, tolerance and a note, with tabs between them.
std::map<std::string, Expected> ReadExpected() {
  std::map<std::string, Expected> all;
  std::ifstream file(EMBED_EXPECTED_QUALITY);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    std::string name;
    Expected expected;
    fields >> name >> expected.value >> expected.tolerance;
    EXPECT_TRUE(fields && expected.tolerance > 0) << line;
    all[name] = expected;
  }
  return all;
}

void ExpectQuality(const std::string& name, double measured) {
  const std::map<std::string, Expected> all = ReadExpected();
  const auto expected = all.find(name);
  ASSERT_TRUE(expected != all.end()) << name << " is not in the file";
  testing::Test::RecordProperty(name, std::to_string(measured));
  std::printf("%s: %.4f, stored %.4f, tolerance %.4f\n", name.c_str(), measured,
              expected->second.value, expected->second.tolerance);
  EXPECT_GE(measured, expected->second.value - expected->second.tolerance)
      << name << ": the quality of a training has fallen";
}

bool Exists(const std::string& path) { return std::ifstream(path).good(); }

TEST(QualityGateTest, Karate) {
  const auto score = KarateNeighbors(EMBED_KARATE);
  ASSERT_TRUE(score.ok()) << score.status();
  ExpectQuality("karate_neighbors", *score);
}

TEST(QualityGateTest, PlantedText) {
  const auto scores = PlantedStructure();
  ASSERT_TRUE(scores.ok()) << scores.status();
  ExpectQuality("planted_topics", scores->topics);
  ExpectQuality("planted_analogies", scores->analogies);
}

TEST(QualityGateTest, Cora) {
  const std::string folder = EMBED_SHARED_DATA_DIR "/graph/";
  if (!Exists(folder + "cora.edges")) {
    GTEST_SKIP() << folder << "cora.edges is not there";
  }
  const auto score = CoraMicroF1(folder + "cora.edges", folder + "cora.labels");
  ASSERT_TRUE(score.ok()) << score.status();
  ExpectQuality("cora_micro_f1", *score);
}

}  // namespace
}  // namespace embed
