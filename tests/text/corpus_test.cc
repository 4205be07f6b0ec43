#include "text/corpus.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "embed/base/parallel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"
#include "tests/text/text_test_files.h"

namespace embed {
namespace corpus_test {

using ::testing::HasSubstr;

std::unique_ptr<Corpus> OpenOrDie(const CorpusOptions& options) {
  absl::StatusOr<std::unique_ptr<Corpus>> corpus = Corpus::Open(options);
  EXPECT_TRUE(corpus.ok()) << corpus.status();
  return corpus.ok() ? std::move(*corpus) : nullptr;
}

std::vector<std::string> AllChunks(Corpus* corpus) {
  std::vector<std::string> chunks;
  CorpusChunk chunk;
  for (uint64_t i = 0; i < corpus->num_chunks(); ++i) {
    const absl::Status status = corpus->ReadChunk(i, &chunk);
    EXPECT_TRUE(status.ok()) << status;
    chunks.push_back(chunk.text);
  }
  return chunks;
}

std::string Joined(const std::vector<std::string>& chunks) {
  std::string all;
  for (const std::string& chunk : chunks) all += chunk;
  return all;
}

absl::Status FirstError(const CorpusOptions& options) {
  absl::StatusOr<std::unique_ptr<Corpus>> corpus = Corpus::Open(options);
  if (!corpus.ok()) return corpus.status();
  CorpusChunk chunk;
  for (uint64_t i = 0; i < (*corpus)->num_chunks(); ++i) {
    const absl::Status status = (*corpus)->ReadChunk(i, &chunk);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

TEST(CorpusTest, PlainGzipZstdAndPipesGiveTheSameChunks) {
  const TestFolder folder;
  const std::string text = RandomText(20000, 5);
  const std::string pipe = folder.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const size_t size : {size_t{700}, size_t{5000}, size_t{256} << 10}) {
    const auto plain =
        OpenOrDie({{folder.Write("t.txt", text)}, OnBadUtf8::kReplace, size});
    const std::vector<std::string> chunks = AllChunks(plain.get());
    EXPECT_EQ(Joined(chunks), text);
    const auto gzip = OpenOrDie(
        {{folder.WriteGzip("t.gz", text)}, OnBadUtf8::kReplace, size});
    EXPECT_EQ(AllChunks(gzip.get()), chunks);
    const auto zstd = OpenOrDie(
        {{folder.WriteZstd("t.zst", text)}, OnBadUtf8::kReplace, size});
    EXPECT_EQ(AllChunks(zstd.get()), chunks);
    std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << text; });
    const auto piped = OpenOrDie({{pipe}, OnBadUtf8::kReplace, size});
    writer.join();
    EXPECT_EQ(AllChunks(piped.get()), chunks);
  }
}

TEST(CorpusTest, SeveralFilesAreOneText) {
  const TestFolder folder;
  const std::string first = RandomText(3000, 5);
  const std::string second = RandomText(4000, 6);
  const auto corpus =
      OpenOrDie({{folder.Write("a", "\xEF\xBB\xBF" + first),
                  folder.Write("empty", ""), folder.WriteZstd("b.zst", second),
                  folder.Write("c", "no line feed at the end"),
                  folder.WriteGzip("d.gz", "last\n")},
                 OnBadUtf8::kReplace,
                 1000});
  EXPECT_EQ(corpus->name(), folder.File("a") + " and 4 more");
  const std::vector<std::string> chunks = AllChunks(corpus.get());
  EXPECT_EQ(Joined(chunks),
            first + second + "no line feed at the end" + "last\n");
  CorpusChunk chunk;
  uint64_t ends = 0;
  // Backwards: each compressed file starts its decoder again.
  for (uint64_t i = chunks.size(); i-- > 0;) {
    ASSERT_TRUE(corpus->ReadChunk(i, &chunk).ok());
    EXPECT_EQ(chunk.text, chunks[i]);
    if (chunk.ends_line) ++ends;
  }
  EXPECT_EQ(ends, 1 + (first.back() != '\n' ? 1u : 0u) +
                      (second.back() != '\n' ? 1u : 0u));
  const absl::Status bad =
      FirstError({{folder.File("a"), folder.Write("bad", "one\ntwo \xFF\n")},
                  OnBadUtf8::kFail});
  EXPECT_THAT(bad.message(), HasSubstr("bad: line 2,"));
  EXPECT_FALSE(Corpus::Open({{"-", "-"}}).ok());
  EXPECT_FALSE(Corpus::Open({{}}).ok());
}

TEST(CorpusTest, AppliesFiltersInTheirOrder) {
  const TestFolder folder;
  const auto corpus = OpenOrDie({{folder.Write("t", "中文ABC中abc\n")}});
  corpus->AddFilter(NewLowercaseFilter());
  corpus->AddFilter(NewCharacterFilter());
  corpus->AddFilter(NewSetFilter());
  EXPECT_THAT(AllChunks(corpus.get()), ::testing::ElementsAre("中 文 abc \n"));
}

TEST(CorpusTest, ReadsStandardInputMoreThanOnce) {
  const TestFolder folder;
  const std::string text = RandomText(5000, 6);
  const int file = open(folder.WriteZstd("t.zst", text).c_str(), O_RDONLY);
  const int saved = dup(STDIN_FILENO);
  dup2(file, STDIN_FILENO);
  const auto corpus = OpenOrDie({{"-"}, OnBadUtf8::kReplace, 1000});
  dup2(saved, STDIN_FILENO);
  close(saved);
  close(file);
  EXPECT_EQ(corpus->name(), "standard input");
  EXPECT_EQ(Joined(AllChunks(corpus.get())), text);
  EXPECT_EQ(Joined(AllChunks(corpus.get())), text);
}

TEST(CorpusTest, AnyOrderAndAnyThreadsGetTheSameText) {
  const TestFolder folder;
  const std::string text = RandomText(40000, 7);
  for (const std::string& path :
       {folder.Write("t", text), folder.WriteZstd("t.zst", text)}) {
    const auto corpus = OpenOrDie({{path}, OnBadUtf8::kReplace, 1000});
    const std::vector<std::string> chunks = AllChunks(corpus.get());
    ASSERT_GT(chunks.size(), 100u);
    // Backwards, the hardest order for a compressed file.
    CorpusChunk chunk;
    for (uint64_t i = chunks.size(); i-- > chunks.size() - 20;) {
      ASSERT_TRUE(corpus->ReadChunk(i, &chunk).ok());
      ASSERT_EQ(chunk.text, chunks[i]);
    }
    // Threads that stride, over three epochs.
    for (int threads = 1; threads <= 4; ++threads) {
      RunThreads(threads, [&](int thread) {
        CorpusChunk mine;
        for (int epoch = 0; epoch < 3; ++epoch) {
          for (uint64_t i = static_cast<uint64_t>(thread); i < chunks.size();
               i += static_cast<uint64_t>(threads)) {
            ASSERT_TRUE(corpus->ReadChunk(i, &mine).ok());
            ASSERT_EQ(mine.text, chunks[i]);
          }
        }
      });
    }
  }
}

TEST(CorpusTest, ReplacesAndCountsBadUtf8AtEveryCut) {
  const TestFolder folder;
  const std::string text =
      "good \xE4\xB8\xAD\xE5\x9B\xBD \xE4\xB8 cut\n\xFF\n\xC0\xAF over long "
      "and a lot of good text so that it does not look like junk\n\xED\xA0\x80 "
      "end\xE4";
  const std::string expected =
      "good \xE4\xB8\xAD\xE5\x9B\xBD \uFFFD cut\n\uFFFD\n\uFFFD\uFFFD over "
      "long and a lot of good text so that it does not look like junk\n"
      "\uFFFD\uFFFD\uFFFD end\uFFFD";
  const std::string path = folder.Write("bad.txt", text);
  for (size_t size = 1; size < text.size() + 2; ++size) {
    const auto corpus = OpenOrDie({{path}, OnBadUtf8::kReplace, size});
    std::string all;
    uint64_t bad = 0;
    uint64_t bytes = 0;
    CorpusChunk chunk;
    for (uint64_t i = 0; i < corpus->num_chunks(); ++i) {
      ASSERT_TRUE(corpus->ReadChunk(i, &chunk).ok());
      all += chunk.text;
      bad += chunk.bad_sequences;
      bytes += chunk.input_bytes;
    }
    ASSERT_EQ(all, expected) << size;
    ASSERT_EQ(bad, 8u);
    ASSERT_EQ(bytes, text.size());
  }
}

TEST(CorpusTest, FailsOnBadUtf8WithLineAndByteWhenAsked) {
  const TestFolder folder;
  const std::string text = "\xEF\xBB\xBFone\ntwo\nthree \xFF\nfour\n";
  for (const std::string& path :
       {folder.Write("b", text), folder.WriteGzip("b.gz", text)}) {
    for (const size_t size : {size_t{4}, size_t{1000}}) {
      const absl::Status status = FirstError({{path}, OnBadUtf8::kFail, size});
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(status.message(), HasSubstr(path));
      EXPECT_THAT(status.message(), HasSubstr("line 3, byte 17"));
      EXPECT_THAT(status.message(), HasSubstr("0xff"));
    }
  }
}

TEST(CorpusTest, CountsNulBytes) {
  const TestFolder folder;
  const auto corpus = OpenOrDie(
      {{folder.Write("n", std::string("a b\0c and\0 more text\n", 21))}});
  CorpusChunk chunk;
  ASSERT_TRUE(corpus->ReadChunk(0, &chunk).ok());
  EXPECT_EQ(chunk.nul_bytes, 2u);
}

TEST(CorpusTest, RefusesWhatIsNoText) {
  const TestFolder folder;
  std::string noise(10000, '\0');
  std::mt19937 random(1);
  for (char& byte : noise) byte = static_cast<char>(random());
  noise[0] = 'M';
  std::string utf16;
  for (const char letter : std::string("plain English in UTF-16")) {
    utf16 += letter;
    utf16 += '\0';
  }
  for (const std::string& text : {noise, utf16}) {
    const absl::Status status = FirstError({{folder.Write("junk", text)}});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr("does not look like text"));
    EXPECT_THAT(status.message(), HasSubstr("iconv"));
    EXPECT_EQ(status.message().find('\n'), absl::string_view::npos);
    const absl::Status packed = FirstError({{folder.WriteZstd("j.zst", text)}});
    EXPECT_THAT(packed.message(), HasSubstr("does not look like text"));
  }
}

TEST(CorpusTest, NamesMissingFilesAndFolders) {
  const TestFolder folder;
  const absl::Status missing = FirstError({{folder.File("nothing")}});
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(missing.message(), HasSubstr("nothing"));
  EXPECT_EQ(FirstError({{folder.path()}}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FirstError({{""}}).code(), absl::StatusCode::kInvalidArgument);
}

TEST(CorpusTest, EmptyFilesHaveNoChunks) {
  const TestFolder folder;
  EXPECT_EQ(OpenOrDie({{folder.Write("e", "")}})->num_chunks(), 0u);
  EXPECT_EQ(OpenOrDie({{folder.WriteGzip("e.gz", "")}})->num_chunks(), 0u);
  EXPECT_EQ(OpenOrDie({{folder.WriteZstd("e.zst", "")}})->num_chunks(), 0u);
}

TEST(CorpusTest, NoticesThatAFileChanged) {
  const TestFolder folder;
  const std::string text = RandomText(5000, 8);
  const std::string path = folder.Write("t", text);
  const auto corpus = OpenOrDie({{path}, OnBadUtf8::kReplace, 1000});
  CorpusChunk chunk;
  ASSERT_TRUE(corpus->ReadChunk(3, &chunk).ok());
  ASSERT_EQ(truncate(path.c_str(), 2000), 0);
  const absl::Status shrunk =
      corpus->ReadChunk(corpus->num_chunks() - 1, &chunk);
  EXPECT_EQ(shrunk.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(shrunk.message(), HasSubstr(path));
  EXPECT_FALSE(corpus->ReadChunk(0, &chunk).ok());

  const std::string zstd = folder.WriteZstd("t.zst", text);
  const auto packed = OpenOrDie({{zstd}, OnBadUtf8::kReplace, 1000});
  ASSERT_TRUE(packed->ReadChunk(0, &chunk).ok());
  folder.WriteZstd("t.zst", RandomText(100, 9));
  EXPECT_EQ(packed->ReadChunk(0, &chunk).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(CorpusTest, ReportsDamagedCompressedFiles) {
  const TestFolder folder;
  const std::string path = folder.WriteZstd("t.zst", RandomText(5000, 8));
  ASSERT_EQ(truncate(path.c_str(), 3000), 0);
  EXPECT_EQ(FirstError({{path}}).code(), absl::StatusCode::kDataLoss);
}

TEST(CorpusTest, SaysWhenTheTemporaryFolderIsUnusable) {
  const TestFolder folder;
  const char* const old = std::getenv("TMPDIR");
  const std::string saved = old == nullptr ? "" : old;
  setenv("TMPDIR", folder.File("missing").c_str(), 1);
  const std::string pipe = folder.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << "a b c\n"; });
  const absl::Status status = FirstError({{pipe}});
  writer.join();
  if (old == nullptr) {
    unsetenv("TMPDIR");
  } else {
    setenv("TMPDIR", saved.c_str(), 1);
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(status.message(), HasSubstr("TMPDIR"));
}

}  // namespace corpus_test
}  // namespace embed
