// Files that FAISS writes, against FAISS's own search; and damaged ones.
#include "embed/index/faiss_file.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/io.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "embed/index/faiss_layout.h"
#include "embed/index/item_index.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace faiss_file_test {

using ::testing::HasSubstr;
using idx_t = int64_t;

constexpr int kDim = 8;
constexpr idx_t kRows = 300;
constexpr char kSq8Graph[] = "HNSW4 over SQ8";

std::vector<std::string> Kinds() {
  return {"Flat",      "SQ8",       "SQfp16",       kSq8Graph,  "HNSW4",
          "IVF9,Flat", "IVF9,SQ8",  "IDMap,Flat",   "PCA8,SQ8", "RR8,SQ8",
          "RR8,HNSW4", "IDMap,SQ8", "RR8,IVF9,Flat"};
}

class FaissFileTest : public testing::Test {
 protected:
  FaissFileTest()
      : path_(testing::TempDir() + "/faiss_file_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()),
        rows_(ClusteredVectors(kRows, kDim, 1, 1)),
        queries_(ClusteredVectors(6, kDim, 1, 2)) {}
  ~FaissFileTest() override { std::remove(path_.c_str()); }

  std::unique_ptr<faiss::Index> Make(const std::string& kind,
                                     faiss::MetricType metric,
                                     idx_t rows = kRows) const {
    std::unique_ptr<faiss::Index> index;
    if (kind == kSq8Graph) {
      index = std::make_unique<faiss::IndexHNSWSQ>(
          kDim, faiss::ScalarQuantizer::QT_8bit, 4, metric);
    } else {
      index.reset(faiss::index_factory(kDim, kind.c_str(), metric));
    }
    index->train(kRows, rows_.values.data());
    if (kind.find("IDMap") == 0) {
      std::vector<idx_t> ids;
      for (idx_t i = 0; i < rows; ++i) ids.push_back(7 * (rows - i));
      index->add_with_ids(rows, rows_.values.data(), ids.data());
    } else {
      index->add(rows, rows_.values.data());
    }
    return index;
  }

  static std::string Bytes(const faiss::Index& index) {
    faiss::VectorIOWriter writer;
    faiss::write_index(&index, &writer);
    return {writer.data.begin(), writer.data.end()};
  }

  void Write(const std::string& bytes) const {
    std::ofstream out(path_, std::ios::binary);
    out << bytes;
  }

  const std::string path_;
  TestMatrix rows_;
  TestMatrix queries_;
};

TEST_F(FaissFileTest, SearchesAsFaissDoes) {
  constexpr idx_t kTop = 9;
  std::vector<std::string> kinds = Kinds();
  kinds.insert(kinds.end(), {"PCA5,Flat", "PCAR6,HNSW4", "PCA4,IVF9,SQ8"});
  for (const std::string& kind : kinds) {
    for (const auto metric : {faiss::METRIC_L2, faiss::METRIC_INNER_PRODUCT}) {
      const std::unique_ptr<faiss::Index> index = Make(kind, metric);
      const std::string bytes = Bytes(*index);
      Write(bytes);
      EXPECT_TRUE(FaissFile::Is(path_)) << kind;
      const auto size = FaissIndexBytes(
          {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
      ASSERT_TRUE(size.ok()) << kind << size.status();
      EXPECT_EQ(*size, bytes.size()) << kind;
      const auto opened = FaissFile::Open(path_);
      ASSERT_TRUE(opened.ok()) << kind << opened.status();
      const FaissFile& file = **opened;
      ASSERT_EQ(file.size(), static_cast<uint64_t>(kRows));
      EXPECT_EQ(file.dim(), kDim);
      EXPECT_EQ(file.has_graph(), kind.find("HNSW") != std::string::npos);
      EXPECT_EQ(file.has_lists(), kind.find("IVF") != std::string::npos);
      std::vector<float> distances(6 * kTop);
      std::vector<idx_t> labels(6 * kTop);
      index->search(6, queries_.values.data(), kTop, distances.data(),
                    labels.data());
      SearchOptions options;
      options.k = kTop;
      options.threads = 2;
      const SearchHits hits = file.Search(queries_.view(), options).value();
      for (idx_t q = 0; q < 6; ++q) {
        for (idx_t rank = 0; rank < kTop; ++rank) {
          const idx_t label = labels[q * kTop + rank];
          if (label < 0) {
            EXPECT_LE(hits[q].size(), static_cast<size_t>(rank)) << kind;
            continue;
          }
          const float distance = distances[q * kTop + rank];
          EXPECT_EQ(hits[q][rank].score, distance);
          EXPECT_EQ(file.keys()[hits[q][rank].id], std::to_string(label))
              << kind;
        }
      }
    }
  }
}

// Of a plain file the vectors are those that were added.
TEST_F(FaissFileTest, GivesVectorsBack) {
  for (const std::string& kind : Kinds()) {
    Write(Bytes(*Make(kind, faiss::METRIC_L2)));
    const ItemIndex index = ItemIndex::Open(path_).value();
    for (idx_t i = 0; i < kRows; i += 41) {
      const bool mapped = kind.find("IDMap") == 0;
      const auto id = index.Find(std::to_string(mapped ? 7 * (kRows - i) : i));
      ASSERT_TRUE(id.has_value()) << kind;
      const std::vector<float> vector = index.Vector(*id);
      for (int j = 0; j < kDim; ++j) {
        EXPECT_NEAR(vector[j], rows_.row(i)[j], 0.15) << kind << " " << i;
      }
    }
    EXPECT_FALSE(index.Write(path_ + ".again").ok());
  }
}

TEST_F(FaissFileTest, ExactFilteredAndRangeSearchesAreThoseOfBruteForce) {
  for (const std::string& kind :
       {std::string("Flat"), std::string("HNSW4"), std::string("IVF9,Flat")}) {
    Write(Bytes(*Make(kind, faiss::METRIC_L2)));
    const ItemIndex index = ItemIndex::Open(path_).value();
    std::vector<uint64_t> third((kRows + 63) / 64);
    for (idx_t i = 0; i < kRows; i += 3)
      third[i / 64] |= uint64_t{1} << (i % 64);
    for (uint64_t q = 0; q < 6; ++q) {
      std::vector<std::pair<double, uint32_t>> order;
      for (idx_t i = 0; i < kRows; ++i) {
        double sum = 0;
        for (int j = 0; j < kDim; ++j) {
          const double gap = double{queries_.row(q)[j]} - rows_.row(i)[j];
          sum += gap * gap;
        }
        order.emplace_back(sum, static_cast<uint32_t>(i));
      }
      std::sort(order.begin(), order.end());
      SearchOptions options;
      options.exact = true;
      SearchHits hits = index.Search(queries_.view(q, 1), options).value();
      ASSERT_EQ(hits[0].size(), 10u);
      for (size_t rank = 0; rank < 10; ++rank) {
        EXPECT_EQ(hits[0][rank].id, order[rank].second) << kind;
        EXPECT_NEAR(hits[0][rank].score, order[rank].first,
                    1e-4 * (1 + order[rank].first));
      }
      hits = index
                 .RangeSearch(queries_.view(q, 1),
                              static_cast<float>(order[20].first + 1e-3), {})
                 .value();
      EXPECT_GE(hits[0].size(), 21u);
      for (const SearchHit& hit : hits[0]) {
        EXPECT_LE(hit.score, order[20].first + 1e-3);
      }
      options.allowed = third;
      options.exact = false;
      hits = index.Search(queries_.view(q, 1), options).value();
      EXPECT_EQ(hits[0].size(), 10u) << kind;
      for (const SearchHit& hit : hits[0]) EXPECT_EQ(hit.id % 3, 0u);
    }
  }
}

TEST_F(FaissFileTest, CutFilesGiveOneLine) {
  for (const std::string& kind : Kinds()) {
    const std::string bytes = Bytes(*Make(kind, faiss::METRIC_L2, 20));
    for (size_t size = 4; size < bytes.size(); size += size < 300 ? 3 : 61) {
      Write(bytes.substr(0, size));
      const auto status = ItemIndex::Open(path_).status();
      ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss)
          << kind << " cut to " << size << status;
      EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
      EXPECT_EQ(status.message().find('\n'), absl::string_view::npos);
    }
    Write(bytes + "anything behind");
    EXPECT_TRUE(ItemIndex::Open(path_).ok());
  }
}

// FAISS checks nothing but some sizes: whatever opens must be safe to search.
TEST_F(FaissFileTest, DamageIsToldOrHarmless) {
  size_t first = 4;
  for (const std::string& kind : Kinds()) {
    const std::string bytes = Bytes(*Make(kind, faiss::METRIC_L2, 20));
    // Other places in every kind.
    for (size_t at = ++first; at < bytes.size(); at += at < 500 ? 7 : 61) {
      constexpr int kMasks[] = {0xFF, 0x01, 0x80};
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ kMasks[at % 3]);
      Write(damaged);
      const auto opened = FaissFile::Open(path_);
      if (!opened.ok() || (*opened)->dim() != kDim) continue;
      SearchOptions options;
      options.k = 3;
      for (const bool exact : {false, true}) {
        options.exact = exact;
        (*opened)->Search(queries_.view(0, 1), options).IgnoreError();
      }
      for (uint32_t id = 0; id < (*opened)->size(); ++id) {
        (*opened)->Vector(id).IgnoreError();
      }
    }
  }
}

TEST_F(FaissFileTest, SaysWhichTypesItReads) {
  faiss::IndexPQ quantized(kDim, 2, 4);
  quantized.train(kRows, rows_.values.data());
  quantized.add(kRows, rows_.values.data());
  Write(Bytes(quantized));
  const absl::Status status = ItemIndex::Open(path_).status();
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(HasSubstr("IxPq"), HasSubstr("HNSW")));
  Write(Bytes(*Make("PCAW8,Flat", faiss::METRIC_L2)));
  EXPECT_THAT(std::string(ItemIndex::Open(path_).status().message()),
              HasSubstr("PCA with whitening"));
  const faiss::IndexFlatL2 empty(kDim);
  Write(Bytes(empty));
  EXPECT_THAT(std::string(ItemIndex::Open(path_).status().message()),
              HasSubstr("without items"));
  faiss::IndexFlat manhattan(kDim, faiss::METRIC_L1);
  manhattan.add(3, rows_.values.data());
  Write(Bytes(manhattan));
  EXPECT_THAT(std::string(ItemIndex::Open(path_).status().message()),
              HasSubstr("metric"));
  Write(Bytes(*Make("SQ4", faiss::METRIC_L2)));
  EXPECT_THAT(std::string(ItemIndex::Open(path_).status().message()),
              HasSubstr("quantiser of type 1"));
  EXPECT_FALSE(FaissFile::Is(path_ + ".none"));
}

// FAISS takes any number in its place for an enumerator.
TEST_F(FaissFileTest, NumbersThatAreNoEnumeratorsAreRefused) {
  const std::string bytes = Bytes(*Make("SQ8", faiss::METRIC_L2));
  constexpr size_t kType = 37;  // behind the name and the header
  constexpr size_t kRange = kType + 4;
  for (const size_t place : {kType, kRange}) {
    std::string damaged = bytes;
    damaged[place + 1] = '\xFF';
    Write(damaged);
    EXPECT_THAT(std::string(FaissFile::Open(path_).status().message()),
                HasSubstr("quantiser"))
        << place;
  }
}

TEST_F(FaissFileTest, IdsGivenTwiceAreRefused) {
  faiss::IndexFlatL2 flat(kDim);
  faiss::IndexIDMap map(&flat);
  const idx_t ids[] = {5, 6, 5};
  map.add_with_ids(3, rows_.values.data(), ids);
  Write(Bytes(map));
  const absl::Status status = ItemIndex::Open(path_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("'5'"));
}

TEST_F(FaissFileTest, RefusesWrongQueries) {
  Write(Bytes(*Make("Flat", faiss::METRIC_L2)));
  const auto file = FaissFile::Open(path_).value();
  SearchOptions options;
  options.k = 0;
  EXPECT_FALSE(file->Search(queries_.view(), options).ok());
  options.k = 1;
  options.nprobe = -1;
  EXPECT_FALSE(file->Search(queries_.view(), options).ok());
  const TestMatrix narrow(1, 3);
  EXPECT_FALSE(file->Search(narrow.view(), {}).ok());
  const std::vector<uint64_t> few(1);
  options.nprobe = 0;
  options.allowed = few;
  EXPECT_FALSE(file->Search(queries_.view(), options).ok());
}

}  // namespace faiss_file_test
}  // namespace embed
