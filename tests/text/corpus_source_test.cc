#include "text/corpus_source.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"
#include "tests/text/text_test_files.h"
#include "text/vocabulary_builder.h"

namespace embed {
namespace corpus_source_test {

using Sentences = std::vector<std::vector<uint32_t>>;

// All sequences of an epoch in the order of the text; checks their numbers.
Sentences ReadAll(CorpusSource* source, uint32_t epoch) {
  Sentences all;
  std::set<uint64_t> numbers;
  SequenceBatch batch;
  for (uint64_t i = 0; i < source->num_chunks(); ++i) {
    const absl::Status status = source->Read(epoch, i, &batch);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(batch.first_sequence, i << 20);
    EXPECT_TRUE(batch.ends.empty() || batch.ends.back() == batch.ids.size());
    for (size_t k = 0; k < batch.num_sequences(); ++k) {
      EXPECT_TRUE(numbers.insert(batch.first_sequence + k).second);
      const auto ids = batch.sequence(k);
      all.emplace_back(ids.begin(), ids.end());
    }
  }
  return all;
}

Sentences NaiveSentences(const std::string& text,
                         const Vocabulary& vocabulary) {
  std::map<std::string, uint32_t> ids;
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    ids[std::string(vocabulary.key(id))] = id;
  }
  Sentences sentences;
  for (const auto& line : NaiveLines(text)) {
    std::vector<uint32_t> sentence;
    for (const std::string& token : line) {
      const auto found = ids.find(token);
      if (found != ids.end()) sentence.push_back(found->second);
      if (sentence.size() == 1000) {
        sentences.push_back(sentence);
        sentence.clear();
      }
    }
    if (!sentence.empty()) sentences.push_back(sentence);
  }
  return sentences;
}

TEST(CorpusSourceTest, GivesTheSentencesOfKeptWordsInEveryFormatAndEpoch) {
  const TestFolder folder;
  const std::string text = RandomText(15000, 21);
  for (const std::string& path :
       {folder.Write("t", text), folder.WriteGzip("t.gz", text),
        folder.WriteZstd("t.zst", text)}) {
    const auto corpus = Corpus::Open({{path}, OnBadUtf8::kReplace, 3000});
    ASSERT_TRUE(corpus.ok()) << corpus.status();
    const auto built = BuildVocabulary(corpus->get(), {4, 0, 1});
    ASSERT_TRUE(built.ok()) << built.status();
    CorpusSource source(corpus->get(), built->vocabulary);
    const Sentences expected = NaiveSentences(text, built->vocabulary);
    uint64_t ids = 0;
    for (const auto& sentence : expected) ids += sentence.size();
    EXPECT_EQ(ids, built->stats.kept_tokens);
    EXPECT_EQ(ReadAll(&source, 0), expected);
    EXPECT_EQ(ReadAll(&source, 1), expected);
  }
}

TEST(CorpusSourceTest, CutsLongSentencesAfter1000KeptWords) {
  const TestFolder folder;
  std::string text;
  for (int i = 0; i < 2500; ++i)
    text += i % 2 == 0 ? "yes " : "rare" + std::to_string(i) + " ";
  text += "\nyes\n";
  const auto corpus = Corpus::Open({{folder.Write("t", text)}});
  ASSERT_TRUE(corpus.ok());
  const auto built = BuildVocabulary(corpus->get(), {2, 0, 1});
  ASSERT_TRUE(built.ok());
  CorpusSource source(corpus->get(), built->vocabulary);
  const Sentences got = ReadAll(&source, 0);
  ASSERT_EQ(got.size(), 3u);
  EXPECT_EQ(got[0].size(), 1000u);
  EXPECT_EQ(got[1].size(), 250u);
  EXPECT_EQ(got[2].size(), 1u);
}

// A basket of 2,500 items is three parts of 833 or 834, other ones in each
// epoch; two items share one in about a third of the epochs.
TEST(CorpusSourceTest, DealsLargeBasketsIntoEqualParts) {
  const TestFolder folder;
  std::string text = "i1 i0 i2\n";
  for (int i = 0; i < 2500; ++i) text += "i" + std::to_string(i) + " ";
  text += "\ni5 i4\n";
  const auto corpus = Corpus::Open({{folder.Write("t", text)}});
  ASSERT_TRUE(corpus.ok());
  const auto built = BuildVocabulary(corpus->get(), {1, 0, 1});
  ASSERT_TRUE(built.ok());
  const auto source =
      CorpusSource::OfBaskets(corpus->get(), built->vocabulary, 3);
  const uint32_t first = built->vocabulary.Find("i0");
  const uint32_t second = built->vocabulary.Find("i1");
  constexpr uint32_t kEpochs = 300;
  int together = 0;
  Sentences before;
  for (uint32_t epoch = 0; epoch < kEpochs; ++epoch) {
    const Sentences parts = ReadAll(source.get(), epoch);
    ASSERT_EQ(ReadAll(source.get(), epoch), parts);
    ASSERT_EQ(parts.size(), 5u);
    EXPECT_EQ(parts[0].size(), 3u);
    EXPECT_EQ(parts[4].size(), 2u);
    std::vector<uint32_t> all;
    for (size_t part = 1; part <= 3; ++part) {
      EXPECT_NEAR(static_cast<double>(parts[part].size()), 833.5, 1);
      all.insert(all.end(), parts[part].begin(), parts[part].end());
      const auto has = [&](uint32_t id) {
        return std::count(parts[part].begin(), parts[part].end(), id) > 0;
      };
      if (has(first) && has(second)) ++together;
    }
    std::sort(all.begin(), all.end());
    for (uint32_t id = 0; id < 2500; ++id) ASSERT_EQ(all[id], id);
    EXPECT_NE(parts, before);
    before = parts;
  }
  // Binomial, 300 times 1/3: 100 with a deviation of 8.2.
  EXPECT_NEAR(together, 100, 33);
}

TEST(CorpusSourceTest, NumbersFitTheLargestChunkOfShortestLines) {
  const TestFolder folder;
  std::string text;
  for (int i = 0; i < (1 << 20); ++i) text += "a\n";
  const auto corpus = Corpus::Open(
      {{folder.Write("t", text)}, OnBadUtf8::kReplace, size_t{2} << 20});
  ASSERT_TRUE(corpus.ok());
  const auto built = BuildVocabulary(corpus->get(), {});
  ASSERT_TRUE(built.ok());
  CorpusSource source(corpus->get(), built->vocabulary);
  ASSERT_EQ(source.num_chunks(), 1u);
  SequenceBatch batch;
  ASSERT_TRUE(source.Read(0, 0, &batch).ok());
  EXPECT_EQ(batch.num_sequences(), size_t{1} << 20);
}

}  // namespace corpus_source_test
}  // namespace embed
