// Relations against a count by strings over all pairs of positions, and against
// what the released code of HIN2Vec made of the same walks.
#include "embed/train/relation_index.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace relation_index_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr uint32_t kNodes = 8;
constexpr uint32_t kTypes = 12;  // of two digits, too

using Walk = std::vector<uint32_t>;

std::vector<std::string> TypeNames() {
  std::vector<std::string> names;
  for (uint32_t t = 0; t < kTypes; ++t) names.push_back(absl::StrCat(t));
  return names;
}

// Few nodes, so that walks come back; some walks of a single node.
std::vector<Walk> RandomWalks(size_t count, uint32_t types) {
  std::vector<Walk> walks(count);
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (Walk& walk : walks) {
    walk = {random.Below(kNodes)};
    for (uint32_t steps = random.Below(9); steps > 0; --steps) {
      walk.push_back(kNodes + random.Below(types));
      walk.push_back(random.Below(kNodes));
    }
  }
  return walks;
}

RelationIndex Count(const RelationWindow& window,
                    const std::vector<Walk>& walks) {
  RelationCounter counter(window, 1000000);
  for (const Walk& walk : walks) EXPECT_TRUE(counter.Add(walk).ok());
  return counter.Finish();
}

// The definition, every pair of positions by itself.
std::map<std::string, uint64_t> CountByStrings(const std::vector<Walk>& walks,
                                               size_t window,
                                               bool allow_cycles) {
  std::map<std::string, uint64_t> counts;
  for (const Walk& walk : walks) {
    const size_t length = (walk.size() + 1) / 2;
    for (size_t a = 0; a < length; ++a) {
      for (size_t b = a + 1; b < length && b <= a + window; ++b) {
        std::set<uint32_t> before;
        std::string key;
        for (size_t c = a; c < b; ++c) {
          before.insert(walk[2 * c]);
          absl::StrAppend(&key, key.empty() ? "" : ">",
                          walk[2 * c + 1] - kNodes);
        }
        if (allow_cycles || before.count(walk[2 * b]) == 0) ++counts[key];
      }
    }
  }
  return counts;
}

std::map<std::string, uint64_t> Counts(const RelationIndex& index) {
  std::map<std::string, uint64_t> counts;
  for (uint32_t r = 0; r < index.size(); ++r) {
    counts[index.Key(r, TypeNames())] += index.counts()[r];
  }
  EXPECT_EQ(counts.size(), index.size());  // no two with one key
  return counts;
}

TEST(RelationIndexTest, IsWhatAllPairsOfPositionsHave) {
  const std::vector<Walk> walks = RandomWalks(3000, kTypes);
  for (const int window : {1, 2, 3, 5}) {
    for (const bool allow_cycles : {false, true}) {
      EXPECT_EQ(
          Counts(Count({kNodes, window, allow_cycles}, walks)),
          CountByStrings(walks, static_cast<size_t>(window), allow_cycles));
    }
  }
}

TEST(RelationIndexTest, CountsNoVisitOfAWalkOfOneNode) {
  RelationCounter counter({kNodes, 2, false}, 100);
  ASSERT_TRUE(counter.Add(Walk{5}).ok());
  ASSERT_TRUE(counter.Add(Walk{0, kNodes, 1}).ok());
  EXPECT_THAT(counter.visits(), ElementsAre(1, 1, 0, 0, 0, 0, 0, 0));
}

// The released code appends to one text for all contexts of a node, so from the
// third on its keys are none of the relations that it has counted.
TEST(RelationIndexTest, FindsLongRelationsWhereAppendedKeysFail) {
  const std::vector<Walk> walks = {
      {0, kNodes + 1, 1, kNodes + 2, 2, kNodes + 3, 3, kNodes + 4, 4}};
  const RelationIndex index = Count({kNodes, 4, false}, walks);
  const std::map<std::string, uint64_t> counts = Counts(index);
  EXPECT_EQ(counts.size(), 10u);
  std::string appended = "1";
  int missed = 0;
  uint32_t state = RelationIndex::kRoot;
  for (size_t steps = 1; steps <= 4; ++steps) {
    // As released: strcat of all steps again for each context.
    for (size_t b = 1; b < steps; ++b) absl::StrAppend(&appended, ">", b + 1);
    missed += static_cast<int>(counts.count(appended) == 0);
    state = index.Extend(state, static_cast<uint16_t>(steps));
    ASSERT_LT(state, index.size());
    EXPECT_EQ(index.Path(state).size(), steps);
  }
  EXPECT_EQ(missed, 2);
}

// Keys without a separator make one of 1 > 11 and 11 > 1, and of 1 > 1 and 11.
TEST(RelationIndexTest, TellsApartWhatJoinedDigitsDoNot) {
  const RelationIndex index =
      Count({kNodes, 2, false}, {{0, kNodes + 1, 1, kNodes + 11, 2},
                                 {0, kNodes + 11, 1, kNodes + 1, 2},
                                 {0, kNodes + 1, 1, kNodes + 1, 2}});
  std::set<std::string> joined;
  std::set<std::string> keys;
  for (uint32_t r = 0; r < index.size(); ++r) {
    std::string digits;
    for (const uint16_t type : index.Path(r)) absl::StrAppend(&digits, type);
    joined.insert(digits);
    keys.insert(index.Key(r, TypeNames()));
  }
  EXPECT_EQ(index.size(), 5u);
  EXPECT_EQ(keys.size(), 5u);
  EXPECT_EQ(joined.size(), 3u);
}

TEST(RelationIndexTest, KeysOfAnyNamesDiffer) {
  const RelationIndex index = Count(
      {kNodes, 2, false}, {{0, kNodes, 1, kNodes + 1, 2}, {0, kNodes + 2, 1}});
  const std::vector<std::string> names = {"a", "b", "a>b"};
  std::set<std::string> keys;
  for (uint32_t r = 0; r < index.size(); ++r) keys.insert(index.Key(r, names));
  EXPECT_THAT(keys, ElementsAre("a", "a>b", "a\\>b", "b"));
  const std::vector<std::string> slashes = {"a\\", "b", "a\\>b"};
  keys.clear();
  for (uint32_t r = 0; r < index.size(); ++r) {
    keys.insert(index.Key(r, slashes));
  }
  EXPECT_EQ(keys.size(), 4u);
}

// The released code has 1000 places for them and then searches forever.
TEST(RelationIndexTest, HoldsMoreThanAThousand) {
  const std::vector<Walk> walks = RandomWalks(20000, kTypes);
  const RelationIndex index = Count({kNodes, 4, true}, walks);
  EXPECT_GT(index.size(), 10000u);
  EXPECT_EQ(Counts(index), CountByStrings(walks, 4, true));
}

// The released code stops before the end of its file of walks.
TEST(RelationIndexTest, CountsTheFirstAndTheLastWalk) {
  const std::vector<Walk> walks = {
      {3, kNodes, 2}, {0, kNodes, 1}, {5, kNodes + 1, 6}};
  RelationCounter counter({kNodes, 3, false}, 100);
  for (const Walk& walk : walks) ASSERT_TRUE(counter.Add(walk).ok());
  EXPECT_THAT(counter.visits(), ElementsAre(1, 1, 1, 1, 0, 1, 1, 0));
  EXPECT_EQ(counter.Finish().size(), 2u);
}

TEST(RelationIndexTest, DropsWhatEndsInACycle) {
  // Back at x, back between, and a self-loop; 1 stands twice between 0 and 2.
  const std::vector<Walk> walks = {
      {0, kNodes, 1, kNodes + 1, 0},
      {3, kNodes + 2, 3},
      {0, kNodes + 3, 1, kNodes + 4, 1, kNodes + 5, 2}};
  const std::map<std::string, uint64_t> counts =
      Counts(Count({kNodes, 3, false}, walks));
  EXPECT_EQ(counts.count("0>1"), 0u);
  EXPECT_EQ(counts.count("2"), 0u);
  EXPECT_EQ(counts.count("3>4"), 0u);
  EXPECT_EQ(counts.count("4"), 0u);
  EXPECT_EQ(counts.count("3>4>5"), 1u);
  EXPECT_EQ(counts.size(), 6u);  // 0, 1, 3, 5, 4>5, 3>4>5
}

TEST(RelationIndexTest, OrderDoesNotDependOnHowWalksWereShared) {
  const std::vector<Walk> walks = RandomWalks(2000, kTypes);
  const RelationWindow window = {kNodes, 3, false};
  const RelationIndex one = Count(window, walks);
  RelationCounter total(window, 100000);
  for (size_t part = 0; part < 3; ++part) {
    RelationCounter own(window, 100000);
    for (size_t i = walks.size(); i-- > 0;) {
      if (i % 3 != 2 - part) continue;
      ASSERT_TRUE(own.Add(walks[i]).ok());
    }
    ASSERT_TRUE(total.Join(own).ok());
  }
  const RelationIndex many = total.Finish();
  ASSERT_EQ(one.size(), many.size());
  for (uint32_t r = 0; r < one.size(); ++r) {
    EXPECT_EQ(one.Path(r), many.Path(r));
    EXPECT_EQ(one.counts()[r], many.counts()[r]);
    if (r == 0 || one.counts()[r] < one.counts()[r - 1]) continue;
    EXPECT_EQ(one.counts()[r], one.counts()[r - 1]);
    const auto rank = [&](uint32_t n) {
      return std::pair(one.Path(n).size(), one.Path(n));
    };
    EXPECT_LT(rank(r - 1), rank(r));
  }
}

TEST(RelationIndexTest, KnowsWhatItDoesNotHold) {
  const RelationIndex index =
      Count({kNodes, 2, false}, {{0, kNodes, 1, kNodes + 1, 2}});
  EXPECT_EQ(index.Extend(RelationIndex::kRoot, 7), RelationIndex::kUnknown);
  EXPECT_EQ(index.Extend(RelationIndex::kUnknown, 0), RelationIndex::kUnknown);
}

TEST(RelationIndexTest, SaysWhenThereAreTooMany) {
  RelationCounter counter({kNodes, 3, true}, 50);
  absl::Status status;
  for (const Walk& walk : RandomWalks(3000, kTypes)) {
    status.Update(counter.Add(walk));
  }
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("more than 50 different relations of 1 to 3 steps"));
}

}  // namespace relation_index_test
}  // namespace embed
