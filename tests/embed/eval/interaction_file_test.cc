#include "embed/eval/interaction_file.h"

#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace interaction_file_test {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kSequences = InteractionLayout::kSequences;
constexpr auto kEvents = InteractionLayout::kEvents;

TEST(InteractionFileTest, Sequences) {
  const Interactions plain =
      *ParseInteractions("# who\nx y  x\n\nz x\r\n", "f", kSequences);
  EXPECT_THAT(plain.items, ElementsAre("x", "y", "z"));
  EXPECT_THAT(plain.users, ElementsAre("2", "4"));
  EXPECT_THAT(plain.histories,
              ElementsAre(ElementsAre(0, 1, 0), ElementsAre(2, 0)));
  const Interactions named =
      *ParseInteractions("ann\tx y\nbob\tz\nann\tz\n", "f", kSequences);
  EXPECT_THAT(named.users, ElementsAre("ann", "bob"));
  EXPECT_THAT(named.histories,
              ElementsAre(ElementsAre(0, 1, 2), ElementsAre(2)));
}

TEST(InteractionFileTest, SequencesAreCutAtUnicodeWhiteSpace) {
  const Interactions cut =
      *ParseInteractions("ann\tx\u3000y\u00a0z \n", "f", kSequences);
  EXPECT_THAT(cut.items, ElementsAre("x", "y", "z"));
}

TEST(InteractionFileTest, EventsAreInOrderOfTheirTimes) {
  const Interactions events = *ParseInteractions(
      "ann\tsea view\t20\nbob\ty\t1e9\nann\tz\t-3\nann\ty\t20\n", "f", kEvents);
  EXPECT_THAT(events.items, ElementsAre("sea view", "y", "z"));
  EXPECT_THAT(events.users, ElementsAre("ann", "bob"));
  EXPECT_THAT(events.histories,
              ElementsAre(ElementsAre(2, 0, 1), ElementsAre(1)));
  EXPECT_THAT(ParseInteractions("a\tx\nb\ty\na\ty\n", "f", kEvents)->histories,
              ElementsAre(ElementsAre(0, 1), ElementsAre(1)));
}

TEST(InteractionFileTest, BadLinesAreNamed) {
  const std::tuple<const char*, InteractionLayout, const char*> cases[] = {
      {"x y\nann\tz\n", kSequences, "f: line 2: 2 fields, where earlier"},
      {"a\tb\tc\n", kSequences, "line 1: expected items"},
      {"ann\t \n", kSequences, "line 1: a field is empty"},
      {"ann\t\u3000\n", kSequences, "line 1: a field is empty"},
      {"\tx\n", kEvents, "line 1: a field is empty"},
      {"a\tb\nx\n", kEvents, "line 2: expected a user"},
      {"a\tb\t1\nx\ty\n", kEvents, "line 2: 2 fields"},
      {"a\tb\tnoon\n", kEvents, "the time \"noon\" is no number"},
      {"a\tb\tnan\n", kEvents, "is no number"},
      {"a\t\xff\n", kEvents, "UTF-8"},
      {"# nothing\n", kEvents, "f: no users"},
  };
  for (const auto& [text, layout, message] : cases) {
    EXPECT_THAT(
        std::string(ParseInteractions(text, "f", layout).status().message()),
        HasSubstr(message));
  }
  EXPECT_FALSE(ReadInteractions("/no/such/file", kEvents).ok());
}

}  // namespace interaction_file_test
}  // namespace embed
