#include "text/chunk_cutter.h"

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"
#include "text/tokenizer.h"

namespace embed {
namespace chunk_cutter_test {

class StringStream : public InputStream {
 public:
  explicit StringStream(std::string text) : text_(std::move(text)) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t take = std::min(size, text_.size() - at_);
    std::memcpy(buffer, text_.data() + at_, take);
    at_ += take;
    return take;
  }

 private:
  std::string text_;
  size_t at_ = 0;
};

struct Cuts {
  std::vector<std::string> chunks;
  uint64_t dropped = 0;
};

Cuts CutAll(const std::string& text, size_t chunk_bytes) {
  Cuts cuts;
  StreamBytes bytes(std::make_unique<StringStream>(text));
  ChunkCutter cutter(&bytes, chunk_bytes);
  while (true) {
    const auto span = cutter.Next();
    EXPECT_TRUE(span.ok()) << span.status();
    if (!span.ok() || !span->has_value()) break;
    const auto view = bytes.Get((*span)->offset, (*span)->size);
    EXPECT_TRUE(view.ok());
    EXPECT_EQ(*view, text.substr((*span)->offset, (*span)->size));
    cuts.chunks.emplace_back(*view);
  }
  cuts.dropped = cutter.dropped_tokens();
  return cuts;
}

// The rule of the header, on a text held in memory, without dropped tokens.
std::vector<std::string> NaiveCuts(std::string text, size_t chunk_bytes) {
  std::vector<std::string> chunks;
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) text.erase(0, 3);
  while (!text.empty()) {
    size_t line = 0;
    size_t any = 0;
    size_t token_end = text.size();
    for (size_t i = 0; i < text.size(); ++i) {
      for (const std::string& space : NaiveWhiteSpace()) {
        if (text.compare(i, space.size(), space) != 0) continue;
        const size_t end = i + space.size();
        if (end <= chunk_bytes) any = end;
        if (end <= chunk_bytes && text[i] == '\n') line = end;
        if (token_end == text.size()) token_end = end;
      }
    }
    const size_t cut = text.size() <= chunk_bytes ? text.size()
                       : line != 0                ? line
                       : any != 0                 ? any
                                                  : token_end;
    chunks.push_back(text.substr(0, cut));
    text.erase(0, cut);
  }
  return chunks;
}

TEST(ChunkCutterTest, FollowsTheRuleAtEveryChunkSize) {
  for (uint32_t seed = 0; seed < 2; ++seed) {
    const std::string text = RandomText(45, seed);
    for (size_t size = 1; size < text.size() + 3; ++size) {
      const Cuts cuts = CutAll(text, size);
      ASSERT_EQ(cuts.chunks, NaiveCuts(text, size)) << seed << " " << size;
      ASSERT_EQ(cuts.dropped, 0u);
      // No token is cut or lost.
      std::vector<std::string> tokens;
      for (const std::string& chunk : cuts.chunks) {
        for (const std::string& token : NaiveTokens(chunk)) {
          tokens.push_back(token);
        }
      }
      ASSERT_EQ(tokens, NaiveTokens(text)) << seed << " " << size;
    }
  }
}

TEST(ChunkCutterTest, SkipsAByteOrderMarkAtTheStartOnly) {
  EXPECT_EQ(CutAll("\xEF\xBB\xBF"
                   "a\n\xEF\xBB\xBF"
                   "b\n",
                   5)
                .chunks,
            (std::vector<std::string>{"a\n",
                                      "\xEF\xBB\xBF"
                                      "b\n"}));
  EXPECT_TRUE(CutAll("\xEF\xBB\xBF", 100).chunks.empty());
  EXPECT_TRUE(CutAll("", 100).chunks.empty());
}

TEST(ChunkCutterTest, DropsGiantTokensWithoutHoldingThem) {
  const std::string giant(1'000'000, 'g');
  const std::vector<std::string> spaces = {"\n", " ", "\u3000", "\u00A0"};
  for (const std::string& space : spaces) {
    // Behind the giant, at each distance from the end of a block scanned.
    for (size_t extra = 0; extra < 4; ++extra) {
      const std::string text =
          "one\ntwo " + giant + std::string(extra, 'h') + space + "three\n";
      const Cuts cuts = CutAll(text, size_t{256} << 10);
      EXPECT_EQ(cuts.dropped, 1u);
      std::string all;
      for (const std::string& chunk : cuts.chunks) all += chunk;
      EXPECT_EQ(all, "one\ntwo " + space + "three\n");
    }
  }
  EXPECT_EQ(CutAll(giant, 1000).dropped, 1u);
  EXPECT_EQ(CutAll(giant + " " + giant + "\n", 1000).dropped, 2u);
}

TEST(ChunkCutterTest, DropsExactlyAbove64KiB) {
  const std::string longest(Tokenizer::kMaxTokenBytes, 'x');
  for (const size_t size :
       {size_t{1}, size_t{3}, size_t{1000}, size_t{65535}}) {
    const Cuts kept = CutAll("a " + longest + "\nb", size);
    EXPECT_EQ(kept.dropped, 0u);
    const Cuts dropped = CutAll("a " + longest + "x\nb", size);
    EXPECT_EQ(dropped.dropped, 1u);
    std::string all;
    for (const std::string& chunk : dropped.chunks) all += chunk;
    EXPECT_EQ(all, "a \nb");
  }
}

}  // namespace chunk_cutter_test
}  // namespace embed
