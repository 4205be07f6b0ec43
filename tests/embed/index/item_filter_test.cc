#include "embed/index/item_filter.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace item_filter_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// 200 items of two types, of which one is deleted and two are added.
ItemIndex ChangedIndex() {
  const TestMatrix rows = ClusteredVectors(203, 8, 1, 1);
  Vocabulary keys = NumberedKeys(200);
  std::vector<uint16_t> types(200);
  for (size_t i = 0; i < 200; ++i) types[i] = i % 3 == 0;
  EXPECT_TRUE(keys.SetTypes({"author", "paper"}, types).ok());
  const auto base = std::make_shared<const ItemIndex>(
      ItemIndex::Build(keys, rows.view(0, 200), {}).value());
  const auto row = [&](int i) {
    return std::vector<float>(rows.row(i), rows.row(i) + 8);
  };
  return base->WithChanges(
      ChangedItems::Apply(
          base, nullptr,
          {{{ItemChange::Kind::kDelete, std::string(keys.key(5)), {}, ""},
            {ItemChange::Kind::kPut, "item new", row(200), "paper"},
            {ItemChange::Kind::kPut, "other", row(201), "author"}}})
          .value());
}

// The keys of the items found with these bits.
std::vector<std::string> Found(const ItemIndex& index,
                               const std::vector<uint64_t>& bits) {
  const std::vector<float> query = index.Vector(0);
  SearchOptions options;
  options.k = index.size();
  options.allowed = bits;
  std::vector<std::string> keys;
  const SearchHits hits =
      index.Search({query.data(), 1, 8, 8}, options).value();
  for (const SearchHit& hit : hits[0]) {
    keys.emplace_back(index.key(hit.id));
  }
  return keys;
}

TEST(ItemFilterTest, KeepsWhatAllPartsLetThrough) {
  const ItemIndex index = ChangedIndex();
  const std::string kept(index.key(3));
  const std::string deleted(index.key(5));
  std::vector<ItemFilter> filters(8);
  filters[1].prefix = "item 1";
  filters[2].types = {"paper"};
  filters[3].allow.emplace(
      {kept, deleted, std::string("other"), std::string("none"), kept});
  filters[4].deny = {kept, "other", "none"};
  filters[5].prefix = "item";
  filters[5].types = {"paper"};
  filters[5].allow.emplace(
      {kept, std::string("item new"), std::string("other")});
  filters[5].deny = {std::string("item new")};
  filters[6].allow.emplace();
  filters[7].types = {"paper", "author"};
  filters[7].prefix = "item 2";
  for (const ItemFilter& filter : filters) {
    const FilteredItems items = FilterItems(index, filter).value();
    std::vector<std::string> expected;
    for (uint32_t id = 0; id < index.size(); ++id) {
      const std::string key(index.key(id));
      const auto among = [&](const std::vector<std::string>& keys) {
        return std::count(keys.begin(), keys.end(), key) > 0;
      };
      if (index.Has(id) && absl::StartsWith(key, filter.prefix) &&
          (filter.types.empty() ||
           std::count(filter.types.begin(), filter.types.end(),
                      index.type(id)) > 0) &&
          (!filter.allow.has_value() || among(*filter.allow)) &&
          !among(filter.deny)) {
        expected.push_back(key);
      }
    }
    EXPECT_EQ(filter.empty(), items.bits.empty());
    EXPECT_THAT(Found(index, items.bits),
                testing::UnorderedElementsAreArray(expected));
  }
  EXPECT_THAT(FilterItems(index, filters[3]).value().unknown,
              ElementsAre(deleted, "none"));
  EXPECT_THAT(FilterItems(index, filters[5]).value().unknown, IsEmpty());
}

TEST(ItemFilterTest, UnknownTypeIsNamed) {
  ItemFilter filter;
  filter.types = {"paper", "venue"};
  const absl::Status status = FilterItems(ChangedIndex(), filter).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("author, paper"));
  const ItemIndex plain =
      ItemIndex::Build(NumberedKeys(9), ClusteredVectors(9, 8, 1, 1).view(), {})
          .value();
  EXPECT_EQ(FilterItems(plain, filter).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace item_filter_test
}  // namespace embed
