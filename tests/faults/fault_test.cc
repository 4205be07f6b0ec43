// Training, conversion and changes of an index with a system that fails: see
// fault_sweep.h.
//
// EMBED_FAULT_SWEEP=full in the environment makes each call fail in turn, of
// files and memory, with and without older files; without it some are left out.
// Of threads none are.
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"
#include "tests/faults/fault_sweep.h"

namespace embed {
namespace {

constexpr const char* kFileFaults[] = {"write", "sync", "rename", "open",
                                       "read"};

bool FullSweep() {
  const char* value = std::getenv("EMBED_FAULT_SWEEP");
  return value != nullptr && std::strcmp(value, "full") == 0;
}

// 13 vectors, keys with a blank among them.
std::string Vectors() {
  std::string text = "13 3\n";
  for (int i = 0; i < 13; ++i) {
    text +=
        "key" + std::to_string(i) + " 0.5 -0.25 " + std::to_string(i) + "\n";
  }
  return text;
}

FaultSweep Training() {
  return FaultSweep({"embedtrain", "--mode=deepwalk", "--dim=8", "--threads=1",
                     "--walks_per_node=1", "--walk_length=10",
                     "--export=vec,bin,npy", "--output=run", "g.txt"},
                    {{"g.txt", KarateEdges()}});
}

FaultSweep TextTraining() {
  return FaultSweep(
      {"embedtrain", "--mode=word2vec", "--dim=8", "--threads=1", "--epochs=2",
       "--vocab_out=words.txt", "--output=run", "c.txt"},
      {{"c.txt", SmallCorpus()}});
}

FaultSweep Conversion() {
  return FaultSweep({"embedconvert", "--threads=1", "--export=bin,npy",
                     "--output=run", "v.vec"},
                    {{"v.vec", Vectors()}});
}

// Of that index, to which a batch has been added and deleted from.
std::string ChangedIndex() {
  const ToolRunner runner;
  runner.Write("v.vec", Vectors());
  runner.Write("more.vec", "key2 0 1 0\n");
  const auto run = [&](std::vector<std::string> command) {
    const ToolResult result = runner.Run(command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  };
  run({"embedconvert", "--threads=1", "v.vec", "i.faiss"});
  run({"embedconvert", "--add=more.vec", "i.faiss"});
  return runner.Read("i.faiss");
}

bool Opens(const FaultSweep& sweep) {
  const ToolResult result =
      sweep.runner().Run({"embedquery", "--index=i.faiss", "key0"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.exit_code == 0;
}

FaultSweep IndexUpdate() {
  return FaultSweep({"embedconvert", "--threads=1", "--delete=gone.txt",
                     "--add=more.vec", "i.faiss"},
                    {{"i.faiss", ChangedIndex()},
                     {"gone.txt", "key3\nkey5\n"},
                     {"more.vec", "new 1 0 0\nkey5 0 0 1\n"}},
                    Opens);
}

FaultSweep Compaction() {
  return FaultSweep({"embedconvert", "--threads=1", "--compact", "i.faiss"},
                    {{"i.faiss", ChangedIndex()}}, Opens);
}

// `stride`, here and below, is of the short sweep.
void SweepFiles(FaultSweep sweep, int stride) {
  int faults = 0;
  for (const char* kind : kFileFaults) {
    faults += sweep.Run(kind, FullSweep() ? 1 : stride, /*older=*/true);
    if (FullSweep()) faults += sweep.Run(kind, 1, /*older=*/false);
  }
  std::cout << faults << " faults\n";
  // The fewest are those of changes that are appended to an index.
  EXPECT_GT(faults, 5);
}

void SweepMemory(FaultSweep sweep, int stride) {
  const int faults =
      sweep.Run("memory", FullSweep() ? 1 : stride, /*older=*/false);
  std::cout << faults << " faults\n";
  EXPECT_GT(faults, 5);
}

// After a failure the checkpoint that is there, if any, is one to go on from:
// to the bytes of a run that never failed.
bool GoesOn(const FaultSweep& sweep) {
  std::vector<std::string> command = sweep.command();
  command.push_back("--resume");
  const ToolResult result = sweep.runner().Run(command);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const auto& [name, bytes] : sweep.outputs()) {
    EXPECT_EQ(sweep.runner().Read(name), bytes) << name;
  }
  return true;
}

void SweepThreads(FaultSweep sweep) {
  const int faults = sweep.Run("thread", 1, /*older=*/true);
  std::cout << faults << " faults\n";
  EXPECT_GT(faults, 1);
}

class FaultTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::strlen(EMBED_SANITIZERS) > 0) {
      GTEST_SKIP() << "sanitizers bear no other library before theirs";
    }
  }
};

TEST_F(FaultTest, FilesOfATraining) { SweepFiles(Training(), 1); }
TEST_F(FaultTest, FilesOfATrainingOfWords) { SweepFiles(TextTraining(), 2); }
TEST_F(FaultTest, FilesOfAConversion) { SweepFiles(Conversion(), 1); }
TEST_F(FaultTest, FilesOfAnIndexUpdate) { SweepFiles(IndexUpdate(), 1); }
TEST_F(FaultTest, FilesOfACompaction) { SweepFiles(Compaction(), 1); }

// Primes, so that the calls of a loop are not all passed over.
TEST_F(FaultTest, MemoryOfATraining) { SweepMemory(Training(), 131); }
TEST_F(FaultTest, MemoryOfATrainingOfWords) {
  SweepMemory(TextTraining(), 149);
}
TEST_F(FaultTest, MemoryOfAConversion) { SweepMemory(Conversion(), 23); }
TEST_F(FaultTest, MemoryOfAnIndexUpdate) { SweepMemory(IndexUpdate(), 23); }
TEST_F(FaultTest, MemoryOfACompaction) { SweepMemory(Compaction(), 23); }

// The work of a thread that cannot be started is done by the others.
TEST_F(FaultTest, ThreadsOfATraining) {
  SweepThreads(FaultSweep(
      {"embedtrain", "--mode=deepwalk", "--dim=8", "--threads=3",
       "--deterministic", "--walks_per_node=2", "--epochs=4",
       "--checkpoint_every=0.001", "--index=hnsw", "--output=run", "g.txt"},
      {{"g.txt", KarateEdges()}}, GoesOn));
}
TEST_F(FaultTest, ThreadsOfAConversion) {
  for (const char* index : {"flat", "hnsw", "ivf"}) {
    SCOPED_TRACE(index);
    SweepThreads(FaultSweep({"embedconvert", "--threads=3", "--output=run",
                             std::string("--index=") + index, "v.vec"},
                            {{"v.vec", Vectors()}}));
  }
}

FaultSweep CheckpointedTraining() {
  return FaultSweep({"embedtrain", "--mode=deepwalk", "--dim=8", "--threads=1",
                     "--walks_per_node=2", "--epochs=4",
                     "--checkpoint_every=0.001", "--output=run", "g.txt"},
                    {{"g.txt", KarateEdges()}}, GoesOn);
}

TEST_F(FaultTest, FilesOfATrainingWithCheckpoints) {
  SweepFiles(CheckpointedTraining(), 3);
}
TEST_F(FaultTest, MemoryOfATrainingWithCheckpoints) {
  SweepMemory(CheckpointedTraining(), 199);
}

}  // namespace
}  // namespace embed
