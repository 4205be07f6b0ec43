#include "embed/index/index_writer.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace index_writer_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kDim = 20;

ItemChange Put(const std::string& key, const float* vector,
               const std::string& type = "") {
  return {ItemChange::Kind::kPut, key, {vector, vector + kDim}, type};
}

ItemChange Delete(const std::string& key) {
  return {ItemChange::Kind::kDelete, key, {}, ""};
}

std::vector<std::string> KeysOf(const ItemIndex& index,
                                const std::vector<SearchHit>& hits) {
  std::vector<std::string> keys;
  for (const SearchHit& hit : hits) keys.emplace_back(index.key(hit.id));
  return keys;
}

// Files in the folder of `path` but that and symbolic links.
int FilesBeside(const std::string& path) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(path).parent_path())) {
    files += !entry.is_symlink() && entry.path() != path ? 1 : 0;
  }
  return files;
}

class IndexWriterTest : public testing::Test {
 protected:
  IndexWriterTest()
      : path_(folder_.File("items.faiss")),
        vectors_(ClusteredVectors(1000, kDim, 1, 1)) {}

  // An index of the first rows of vectors_.
  void Build(uint64_t rows, const ItemIndexOptions& options = {}) {
    ASSERT_TRUE(
        ItemIndex::Build(NumberedKeys(rows), vectors_.view(0, rows), options)
            .value()
            .Write(path_)
            .ok());
  }
  std::unique_ptr<IndexWriter> OpenOrDie() const {
    return IndexWriter::Open(path_).value();
  }
  std::vector<std::string> Nearest(const ItemIndex& index, const float* query,
                                   uint64_t k = 3) const {
    SearchOptions options;
    options.k = k;
    return KeysOf(index,
                  index.Search({query, 1, kDim, kDim}, options).value()[0]);
  }

  TempFolder folder_;
  const std::string path_;
  TestMatrix vectors_;
};

TEST_F(IndexWriterTest, AddsUpdatesAndDeletes) {
  Build(100);
  const auto writer = OpenOrDie();
  const std::shared_ptr<const ItemIndex> before = writer->index();
  const std::string first(before->key(0));
  const std::string second(before->key(1));
  ASSERT_TRUE(writer
                  ->Apply({{Put("new", vectors_.row(500)),
                            Put(first, vectors_.row(501)), Delete(second)}})
                  .ok());
  const auto check = [&](const ItemIndex& index) {
    EXPECT_EQ(index.num_items(), 100u);
    EXPECT_EQ(index.size(), 102u);
    EXPECT_EQ(index.Find(second), std::nullopt);
    EXPECT_EQ(index.Find("new"), 100u);
    EXPECT_EQ(index.Find(first), 101u);
    EXPECT_FALSE(index.Has(0));
    EXPECT_FALSE(index.Has(1));
    EXPECT_TRUE(index.Has(2));
    EXPECT_TRUE(index.Has(100));
    EXPECT_EQ(Nearest(index, vectors_.row(500), 1)[0], "new");
    EXPECT_EQ(Nearest(index, vectors_.row(501), 1)[0], first);
    EXPECT_THAT(Nearest(index, vectors_.row(1), 1000),
                Not(testing::Contains(second)));
    EXPECT_EQ(Nearest(index, vectors_.row(1), 1000).size(), 100u);
    EXPECT_EQ(index.RangeSearch({vectors_.row(1), 1, kDim, kDim}, -1, {})
                  .value()[0]
                  .size(),
              100u);
    EXPECT_GT(Cosine(index.Vector(100).data(), vectors_.row(500), kDim), 0.999);
    EXPECT_THAT(index.NearestSpellings("nee", 1), ElementsAre(100u));
  };
  check(*writer->index());
  check(ItemIndex::Open(path_).value());
  check(ItemIndex::Open(path_, Container::Verify::kHeader).value());
  // What was handed out before is as it was.
  EXPECT_EQ(before->Find(second), 1u);
  EXPECT_EQ(before->size(), 100u);
}

TEST_F(IndexWriterTest, BatchWithAnErrorChangesNothing) {
  Build(100);
  const std::string bytes = ReadBytes(path_);
  const auto writer = OpenOrDie();
  ItemChange bad = Put("bad", vectors_.row(1));
  bad.vector[3] = std::numeric_limits<float>::infinity();
  ItemChange short_one = Put("short", vectors_.row(1));
  short_one.vector.pop_back();
  const std::vector<std::pair<ItemChange, absl::StatusCode>> cases = {
      {bad, absl::StatusCode::kInvalidArgument},
      {short_one, absl::StatusCode::kInvalidArgument},
      {Put("", vectors_.row(1)), absl::StatusCode::kInvalidArgument},
      {Put(std::string(70000, 'x'), vectors_.row(1)),
       absl::StatusCode::kInvalidArgument},
      {Put("typed", vectors_.row(1), "author"),
       absl::StatusCode::kInvalidArgument},
      {Delete("no such item"), absl::StatusCode::kNotFound},
      {Delete("good"), absl::StatusCode::kOk}};
  for (const auto& [change, code] : cases) {
    const absl::Status status =
        writer->Apply({{Put("good", vectors_.row(1)), change}});
    EXPECT_EQ(status.code(), code) << status;
    if (code == absl::StatusCode::kOk) continue;
    EXPECT_EQ(ReadBytes(path_), bytes);
    EXPECT_EQ(writer->index()->Find("good"), std::nullopt);
  }
  EXPECT_EQ(writer->index()->num_items(), 100u);
}

TEST_F(IndexWriterTest, TypesStayOrAreGiven) {
  Vocabulary keys = NumberedKeys(50);
  std::vector<uint16_t> types(50);
  for (size_t i = 0; i < 50; ++i) types[i] = i % 2;
  ASSERT_TRUE(keys.SetTypes({"author", "paper"}, types).ok());
  ASSERT_TRUE(ItemIndex::Build(keys, vectors_.view(0, 50), {})
                  .value()
                  .Write(path_)
                  .ok());
  const auto writer = OpenOrDie();
  const std::string first(keys.key(0));
  const absl::Status none = writer->Apply({{Put("new", vectors_.row(60))}});
  EXPECT_THAT(std::string(none.message()), HasSubstr("author, paper"));
  ASSERT_TRUE(writer
                  ->Apply({{Put("new", vectors_.row(60), "paper"),
                            Put(first, vectors_.row(61))}})
                  .ok());
  const auto check = [&](const ItemIndex& index) {
    EXPECT_EQ(index.type(*index.Find("new")), "paper");
    EXPECT_EQ(index.type(*index.Find(first)), "author");
    SearchOptions options;
    options.k = 100;
    const std::vector<uint64_t> papers = index.ItemsOfType("paper").value();
    options.allowed = papers;
    const SearchHits hits =
        index.Search({vectors_.row(60), 1, kDim, kDim}, options).value();
    EXPECT_EQ(hits[0].size(), 26u);
    EXPECT_EQ(index.key(hits[0][0].id), "new");
    const std::vector<uint64_t> prefixed = index.ItemsWithPrefix("ne");
    options.allowed = prefixed;
    EXPECT_EQ(index.Search({vectors_.row(1), 1, kDim, kDim}, options)
                  .value()[0]
                  .size(),
              1u);
  };
  check(*writer->index());
  check(ItemIndex::Open(path_).value());
  ASSERT_TRUE(writer->Compact(1).ok());
  check(*writer->index());
  check(ItemIndex::Open(path_).value());
}

TEST_F(IndexWriterTest, EverythingMayBeDeletedButNotCompacted) {
  Build(3);
  const auto writer = OpenOrDie();
  std::vector<ItemChange> changes;
  for (uint32_t id = 0; id < 3; ++id) {
    changes.push_back(Delete(std::string(writer->index()->key(id))));
  }
  ASSERT_TRUE(writer->Apply(changes).ok());
  EXPECT_EQ(writer->index()->num_items(), 0u);
  EXPECT_THAT(Nearest(*writer->index(), vectors_.row(0)), IsEmpty());
  EXPECT_EQ(writer->Compact(1).code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(writer->Apply({{Put("new", vectors_.row(9))}}).ok());
  EXPECT_THAT(Nearest(*writer->index(), vectors_.row(0)), ElementsAre("new"));
  ASSERT_TRUE(writer->Compact(1).ok());
  EXPECT_THAT(Nearest(ItemIndex::Open(path_).value(), vectors_.row(0)),
              ElementsAre("new"));
}

TEST_F(IndexWriterTest, OneWriterAFile) {
  Build(10);
  auto writer = OpenOrDie();
  EXPECT_EQ(IndexWriter::Open(path_).status().code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(writer->Apply({{Put("new", vectors_.row(20))}}).ok());
  ASSERT_TRUE(writer->Compact(1).ok());
  EXPECT_TRUE(writer->IsCurrent());
  EXPECT_EQ(IndexWriter::Open(path_).status().code(),
            absl::StatusCode::kFailedPrecondition);
  writer.reset();
  EXPECT_TRUE(IndexWriter::Open(path_).ok());
  EXPECT_EQ(IndexWriter::Open(folder_.File("none.faiss")).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(IndexWriterTest, ChangesOfAReplacedFileAreNotAcknowledged) {
  Build(10);
  const auto writer = OpenOrDie();
  EXPECT_TRUE(writer->IsCurrent());
  const std::string away = folder_.File("away.faiss");
  std::filesystem::rename(path_, away);
  Build(20);
  EXPECT_FALSE(writer->IsCurrent());
  const absl::Status status = writer->Apply({{Put("new", vectors_.row(20))}});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(ItemIndex::Open(path_).value().size(), 20u);
  // Nor are they in the file that was there.
  EXPECT_EQ(ItemIndex::Open(away).value().size(), 10u);
  EXPECT_EQ(writer->Compact(1).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(IndexWriterTest, GoesOnBehindAnUnfinishedBatch) {
  Build(10);
  ASSERT_TRUE(OpenOrDie()->Apply({{Put("one", vectors_.row(20))}}).ok());
  const uint64_t whole = std::filesystem::file_size(path_);
  ASSERT_TRUE(OpenOrDie()
                  ->Apply({{Put("two", vectors_.row(21)),
                            Put("three", vectors_.row(22))}})
                  .ok());
  const std::string bytes = ReadBytes(path_);
  for (uint64_t size = whole; size < bytes.size(); size += 13) {
    WriteBytes(path_, bytes.substr(0, size));
    EXPECT_EQ(ItemIndex::Open(path_).value().num_items(), 11u);
    const auto writer = OpenOrDie();
    ASSERT_TRUE(writer->Apply({{Delete("one")}}).ok());
    const ItemIndex index = ItemIndex::Open(path_).value();
    EXPECT_EQ(index.num_items(), 10u);
    EXPECT_EQ(index.Find("one"), std::nullopt);
  }
}

TEST_F(IndexWriterTest, ReadersGoOnWhileTheIndexChanges) {
  Build(200);
  const auto writer = OpenOrDie();
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        const std::shared_ptr<const ItemIndex> index = writer->index();
        EXPECT_EQ(Nearest(*index, vectors_.row(i), 500).size(),
                  index->num_items());
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(
        writer->Apply({{Put("n" + std::to_string(i), vectors_.row(300 + i))}})
            .ok());
    if (i % 20 == 19) {
      EXPECT_TRUE(writer->Compact(1).ok());
    }
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(writer->index()->num_items(), 250u);
}

TEST_F(IndexWriterTest, CompactedFilesKeepTheirMode) {
  namespace fs = std::filesystem;
  Build(10);
  const fs::perms mode = fs::perms::owner_read | fs::perms::owner_write;
  fs::permissions(path_, mode);
  const auto writer = OpenOrDie();
  ASSERT_TRUE(writer->Apply({{Put("new", vectors_.row(10))}}).ok());
  ASSERT_TRUE(writer->Compact(1).ok());
  EXPECT_EQ(fs::status(path_).permissions(), mode);
}

TEST_F(IndexWriterTest, ChangesGoOnWhileItIsCompacted) {
  ItemIndexOptions options;
  options.hnsw = HnswOptions();
  Build(400, options);
  const std::string link = folder_.File("link.faiss");
  std::filesystem::create_symlink(path_, link);
  const auto writer = IndexWriter::Open(link).value();
  const std::string first(writer->index()->key(0));
  ASSERT_TRUE(writer->Apply({{Put("before", vectors_.row(500))}}).ok());
  ASSERT_TRUE(writer->PrepareCompaction(1).ok());
  // An error leaves nothing behind that the new file would be given.
  EXPECT_FALSE(
      writer->Apply({{Put("bad", vectors_.row(1)), Delete("nobody")}}).ok());
  ASSERT_TRUE(writer->Apply({{Put("during", vectors_.row(501))}}).ok());
  ASSERT_TRUE(writer->Apply({{Delete("before"), Delete(first)}}).ok());
  ASSERT_TRUE(writer->Apply({{Put(first, vectors_.row(502))}}).ok());
  // Killed now, nothing is lost.
  EXPECT_TRUE(ItemIndex::Open(path_)->Find("during").has_value());
  ASSERT_TRUE(writer->FinishCompaction().ok());
  EXPECT_TRUE(writer->IsCurrent());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(FilesBeside(path_), 0);
  ASSERT_TRUE(writer->Apply({{Put("after", vectors_.row(503))}}).ok());
  const auto check = [&](const ItemIndex& index) {
    EXPECT_EQ(index.num_items(), 402u);
    EXPECT_EQ(index.Find("before"), std::nullopt);
    EXPECT_EQ(index.Find("bad"), std::nullopt);
    EXPECT_EQ(Nearest(index, vectors_.row(501), 1)[0], "during");
    EXPECT_EQ(Nearest(index, vectors_.row(502), 1)[0], first);
    EXPECT_EQ(Nearest(index, vectors_.row(503), 1)[0], "after");
    // All but the last three puts are in the graph.
    EXPECT_EQ(index.changes()->num_further(), 3u);
  };
  check(*writer->index());
  check(ItemIndex::Open(path_).value());
  EXPECT_EQ(IndexWriter::Open(path_).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(IndexWriterTest, CompactionOfAReplacedFileLeavesTheNewOne) {
  Build(50);
  const auto writer = OpenOrDie();
  ASSERT_TRUE(writer->Apply({{Put("new", vectors_.row(60))}}).ok());
  ASSERT_TRUE(writer->PrepareCompaction(1).ok());
  Build(20);
  EXPECT_EQ(writer->FinishCompaction().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ItemIndex::Open(path_).value().size(), 20u);
  EXPECT_EQ(FilesBeside(path_), 0);
}

// A child adds batches of three until it is killed, and says each number once
// its batch is acknowledged.
TEST_F(IndexWriterTest, KilledWriterLosesNothingAcknowledged) {
  Build(100);
  int next = 0;
  for (int round = 0; round < 12; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto writer = IndexWriter::Open(path_);
      for (int batch = next; writer.ok(); ++batch) {
        std::vector<ItemChange> changes;
        for (int i = 0; i < 3; ++i) {
          changes.push_back(Put(std::to_string(batch) + "." + std::to_string(i),
                                vectors_.row((batch * 3 + i) % 1000)));
        }
        if (!(*writer)->Apply(changes).ok()) break;
        if (write(ends[1], &batch, sizeof(batch)) != sizeof(batch)) break;
      }
      _exit(1);
    }
    close(ends[1]);
    int acknowledged = next - 1;
    // In every second round the writer is first let go on till it has written,
    // however slow the machine is.
    if (round % 2 == 1) {
      ASSERT_EQ(read(ends[0], &acknowledged, sizeof(acknowledged)),
                static_cast<ssize_t>(sizeof(acknowledged)));
    }
    // Ends at a moment that has nothing to do with the batches.
    std::thread killer([&] {
      usleep(3000 + 1700 * round);
      kill(child, SIGKILL);
    });
    for (int batch; read(ends[0], &batch, sizeof(batch)) == sizeof(batch);) {
      acknowledged = batch;
    }
    killer.join();
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));

    const ItemIndex index = ItemIndex::Open(path_).value();
    int batch = 0;
    for (;; ++batch) {
      int found = 0;
      for (int i = 0; i < 3; ++i) {
        const auto id =
            index.Find(std::to_string(batch) + "." + std::to_string(i));
        if (!id.has_value()) continue;
        ++found;
        EXPECT_GT(Cosine(index.Vector(*id).data(),
                         vectors_.row((batch * 3 + i) % 1000), kDim),
                  0.99);
      }
      if (found == 0) break;
      ASSERT_EQ(found, 3) << "half of batch " << batch;
    }
    EXPECT_GE(batch, acknowledged + 1);
    EXPECT_LE(batch, acknowledged + 2);  // one may be whole, not yet told
    next = batch;
  }
  EXPECT_GT(next, 0);
}

}  // namespace index_writer_test
}  // namespace embed
