#include "embed/model/vocabulary_union.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace vocabulary_union_test {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr uint32_t kNone = Vocabulary::kNotFound;

Vocabulary Make(const std::vector<std::string>& keys,
                const std::vector<uint64_t>& counts) {
  auto vocabulary = Vocabulary::Create(keys, counts);
  EXPECT_TRUE(vocabulary.ok()) << vocabulary.status();
  return *vocabulary;
}

Vocabulary MakeTyped(const std::vector<std::string>& keys,
                     const std::vector<std::string>& names,
                     const std::vector<uint16_t>& types) {
  Vocabulary vocabulary = Make(keys, std::vector<uint64_t>(keys.size(), 1));
  EXPECT_TRUE(vocabulary.SetTypes(names, types).ok());
  return vocabulary;
}

std::vector<std::string> Keys(const Vocabulary& vocabulary) {
  std::vector<std::string> keys;
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    keys.emplace_back(vocabulary.key(id));
  }
  return keys;
}

TEST(VocabularyUnionTest, TheFirstKeepsItsIdsAndTheSecondFollows) {
  const auto all =
      UniteVocabularies(Make({"b", "new", "a"}, {9, 8, 7}),
                        Make({"a", "old 1", "b", "old 2"}, {40, 30, 20, 10}),
                        /*keep_second=*/true);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_THAT(Keys(all->vocabulary),
              ElementsAre("b", "new", "a", "old 1", "old 2"));
  EXPECT_THAT(all->vocabulary.counts(), ElementsAre(9, 8, 7, 0, 0));
  EXPECT_EQ(all->vocabulary.total_count(), 24u);
  EXPECT_THAT(all->second_ids, ElementsAre(2, kNone, 0, 1, 3));
  EXPECT_EQ(all->vocabulary.Find("old 2"), 4u);
}

TEST(VocabularyUnionTest, MayLeaveOutWhatOnlyTheSecondHas) {
  const auto all =
      UniteVocabularies(Make({"b", "new"}, {2, 1}), Make({"a", "b"}, {4, 3}),
                        /*keep_second=*/false);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_THAT(Keys(all->vocabulary), ElementsAre("b", "new"));
  EXPECT_THAT(all->second_ids, ElementsAre(1, kNone));
}

TEST(VocabularyUnionTest, WithAnEmptyOne) {
  const Vocabulary some = Make({"a", "b"}, {4, 3});
  const auto second = UniteVocabularies(Vocabulary(), some, true);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(Keys(second->vocabulary), ElementsAre("a", "b"));
  EXPECT_THAT(second->vocabulary.counts(), ElementsAre(0, 0));
  const auto first = UniteVocabularies(some, Vocabulary(), true);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(first->second_ids, ElementsAre(kNone, kNone));
}

TEST(VocabularyUnionTest, TypesGoByTheirNames) {
  const auto all = UniteVocabularies(
      MakeTyped({"p", "a"}, {"paper", "author"}, {0, 1}),
      MakeTyped({"v", "a", "q"}, {"venue", "author", "paper"}, {0, 1, 2}),
      /*keep_second=*/true);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_THAT(Keys(all->vocabulary), ElementsAre("p", "a", "v", "q"));
  EXPECT_THAT(all->vocabulary.type_names(),
              ElementsAre("paper", "author", "venue"));
  EXPECT_THAT(all->vocabulary.types(), ElementsAre(0, 1, 2, 0));
}

TEST(VocabularyUnionTest, TypesInOneOnly) {
  const Vocabulary typed = MakeTyped({"a"}, {"author"}, {0});
  const auto mixed = UniteVocabularies(typed, Make({"b"}, {1}), true);
  EXPECT_THAT(mixed.status().message(), HasSubstr("have types"));
  EXPECT_FALSE(UniteVocabularies(Make({"b"}, {1}), typed, true).ok());
  // Nothing of the second is added: the first stays as it is.
  const auto left = UniteVocabularies(typed, Make({"b"}, {1}), false);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_THAT(left->vocabulary.types(), ElementsAre(0));
}

}  // namespace vocabulary_union_test
}  // namespace embed
