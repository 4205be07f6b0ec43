// Kept index files: twelve directions in the plane, some with changes behind
// them (make_files.sh).
#include <cmath>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "embed/index/item_index.h"
#include "embed/io/model_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace golden_index_test {

const std::string kFolder = EMBED_GOLDEN_FILES;

struct GoldenIndex {
  std::string file;
  bool changed;
  double tolerance;  // of a number; a half step of the codes and some more
  Metric metric = Metric::kCosine;
  bool graph = false;
  bool lists = false;
};

void PrintTo(const GoldenIndex& index, std::ostream* out) {
  *out << index.file;
}

class GoldenIndexTest : public testing::TestWithParam<GoldenIndex> {
 protected:
  // The items and their angles in degrees, as the changes left them.
  std::map<std::string, double> Angles() const {
    std::map<std::string, double> angles;
    for (int degrees = 0; degrees < 360; degrees += 30) {
      angles[absl::StrFormat("d%03d", degrees)] = degrees;
    }
    if (GetParam().changed) {
      angles.erase("d060");
      angles["d045"] = 45;
      angles["d330"] = 30;
    }
    return angles;
  }
  static std::vector<float> Direction(double degrees) {
    const double angle = degrees * std::acos(-1.0) / 180;
    return {static_cast<float>(std::cos(angle)),
            static_cast<float>(std::sin(angle))};
  }
};

TEST_P(GoldenIndexTest, HoldsItsItems) {
  const GoldenIndex& golden = GetParam();
  const auto index = ItemIndex::Open(kFolder + golden.file);
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->metric(), golden.metric);
  EXPECT_EQ(index->dim(), 2);
  EXPECT_EQ(index->has_graph(), golden.graph);
  EXPECT_EQ(index->has_lists(), golden.lists);
  EXPECT_EQ(index->num_items(), 12u);
  for (const auto& [key, degrees] : Angles()) {
    const auto id = index->Find(key);
    ASSERT_TRUE(id.has_value()) << key;
    std::vector<float> wanted = Direction(degrees);
    if (key == "d045" && golden.metric == Metric::kDot) wanted = {1, 1};
    const std::vector<float> vector = index->Vector(*id);
    ASSERT_EQ(vector.size(), 2u);
    EXPECT_NEAR(vector[0], wanted[0], golden.tolerance) << key;
    EXPECT_NEAR(vector[1], wanted[1], golden.tolerance) << key;
  }
  EXPECT_EQ(index->Find("d060").has_value(), !golden.changed);
}

TEST_P(GoldenIndexTest, FindsTheNearest) {
  const GoldenIndex& golden = GetParam();
  const auto index = ItemIndex::Open(kFolder + golden.file);
  ASSERT_TRUE(index.ok()) << index.status();
  SearchOptions options;
  options.k = 3;
  options.nprobe = 3;
  // Nearest first, by hand.
  const std::vector<std::string> wanted =
      golden.changed ? std::vector<std::string>{"d045", "d030", "d030"}
                     : std::vector<std::string>{"d060", "d030", "d090"};
  const double degrees = golden.changed ? 52 : 50;
  const std::vector<float> query = Direction(degrees);
  const auto hits = index->Search({query.data(), 1, 2, 2}, options);
  ASSERT_TRUE(hits.ok()) << hits.status();
  ASSERT_EQ((*hits)[0].size(), 3u);
  std::vector<std::string> found;
  const std::map<std::string, double> angles = Angles();
  for (const SearchHit& hit : (*hits)[0]) {
    const std::string key(index->key(hit.id));
    found.push_back(key == "d330" ? "d030" : key);  // they are equal now
    const double length =
        key == "d045" && golden.metric == Metric::kDot ? std::sqrt(2) : 1;
    const double apart = (angles.at(key) - degrees) * std::acos(-1.0) / 180;
    EXPECT_NEAR(hit.score, length * std::cos(apart), 1.5 * golden.tolerance)
        << key;
  }
  EXPECT_EQ(found, wanted);
}

INSTANTIATE_TEST_SUITE_P(
    Files, GoldenIndexTest,
    testing::Values(
        GoldenIndex{"flat.faiss", false, 0.005},
        GoldenIndex{"f16.faiss", false, 0.005},
        GoldenIndex{"uint8.faiss", false, 0.005},
        GoldenIndex{"int4.faiss", false, 0.08},
        GoldenIndex{"faiss8.faiss", false, 0.005, Metric::kDot},
        GoldenIndex{"faiss8_hnsw.faiss", false, 0.005, Metric::kDot, true},
        GoldenIndex{"flat_changed.faiss", true, 0.005},
        GoldenIndex{"flat_marked.faiss", false, 0.005},
        GoldenIndex{"dot_changed.faiss", true, 0.008, Metric::kDot},
        // The oldest graph has its codes twice, in blocks and in rows, those
        // behind it only in rows. These have fixed places for their lists;
        // packed ones came later, then rows without bytes between them.
        GoldenIndex{"hnsw_changed.faiss", true, 0.005, Metric::kCosine, true},
        GoldenIndex{"hnsw.faiss", false, 0.005, Metric::kCosine, true},
        GoldenIndex{"hnsw_f16_changed.faiss", true, 0.005, Metric::kCosine,
                    true},
        GoldenIndex{"hnsw_packed.faiss", false, 0.005, Metric::kCosine, true},
        GoldenIndex{"hnsw_packed_changed.faiss", true, 0.005, Metric::kCosine,
                    true},
        GoldenIndex{"hnsw_close.faiss", false, 0.005, Metric::kCosine, true},
        GoldenIndex{"hnsw_close_changed.faiss", true, 0.005, Metric::kCosine,
                    true},
        GoldenIndex{"ivf_changed.faiss", true, 0.005, Metric::kCosine, false,
                    true}),
    [](const auto& test) {
      return test.param.file.substr(0, test.param.file.find('.'));
    });

// The links of all rows on all levels.
std::vector<std::vector<uint32_t>> AllLinks(const HnswGraph& graph) {
  std::vector<std::vector<uint32_t>> all;
  for (uint32_t row = 0; row < graph.rows(); ++row) {
    for (uint32_t level = 0; level <= graph.UpperLevels(row); ++level) {
      all.emplace_back();
      const LinkList links =
          level == 0 ? graph.Links(row) : graph.UpperLinks(row, level);
      for (const uint32_t link : links.UpToNone()) all.back().push_back(link);
    }
  }
  return all;
}

// Fixed places for lists and bytes between rows are used as they are, and gone
// when the index is written again.
TEST(GoldenGraphTest, OlderListsArePackedWhenTheyAreWritten) {
  const TempFolder folder;
  const auto older = ItemIndex::Open(kFolder + "hnsw.faiss");
  ASSERT_TRUE(older.ok()) << older.status();
  EXPECT_FALSE(older->graph()->parts().packed());
  EXPECT_EQ(older->table().parts().row_stride, 64u);
  const std::string path = folder.File("packed.faiss");
  ASSERT_TRUE(older->Write(path).ok());
  const auto packed = ItemIndex::Open(path);
  ASSERT_TRUE(packed.ok()) << packed.status();
  EXPECT_TRUE(packed->graph()->parts().packed());
  EXPECT_EQ(packed->table().parts().row_stride, 2u);
  EXPECT_EQ(AllLinks(*packed->graph()), AllLinks(*older->graph()));
  EXPECT_EQ(packed->graph()->parts().entry_point,
            older->graph()->parts().entry_point);
  SearchOptions options;
  options.k = 2;
  options.ef_search = 4;  // by a walk
  for (uint32_t id = 0; id < older->size(); ++id) {
    const std::vector<float> query = older->Vector(id);
    EXPECT_EQ(packed->Search({query.data(), 1, 2, 2}, options).value(),
              older->Search({query.data(), 1, 2, 2}, options).value());
  }
}

// Its one change holds the bytes that a batch starts with, stuffed.
TEST(GoldenMarkedIndexTest, HasAStuffedBatch) {
  const std::string bytes = ReadBytes(kFolder + "flat_marked.faiss");
  const std::string mark =
      "\x89"
      "EMBL\r\n";
  const size_t batch = bytes.find(mark);
  ASSERT_NE(batch, std::string::npos);
  EXPECT_EQ(bytes.find(mark, batch + 1), std::string::npos);
  EXPECT_EQ(bytes[batch + mark.size()], 1);
  const auto index = ItemIndex::Open(kFolder + "flat_marked.faiss");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->changes()->num_further(), 1u);
}

// The nodes of hin2vec.embed at length 1.
TEST(GoldenTypedIndexTest, HoldsTypesAndVectors) {
  const auto index = ItemIndex::Open(kFolder + "typed.faiss");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->type_names(),
            (std::vector<std::string>{"paper", "author", "venue"}));
  EXPECT_EQ(index->info().at("mode"), "hin2vec");
  const auto model = ReadModel(kFolder + "hin2vec.embed");
  ASSERT_TRUE(model.ok()) << model.status();
  ASSERT_EQ(index->num_items(), model->vocabulary.size());
  const std::map<std::string, std::string> types = {{"p1", "paper"},
                                                    {"p2", "paper"},
                                                    {"a1", "author"},
                                                    {"a2", "author"},
                                                    {"v", "venue"}};
  for (const auto& [key, type] : types) {
    const auto id = index->Find(key);
    ASSERT_TRUE(id.has_value()) << key;
    EXPECT_EQ(index->type(*id), type);
    const float* const row = model->input.row(model->vocabulary.Find(key));
    const double length = std::hypot(row[0], row[1], row[2]);
    const std::vector<float> vector = index->Vector(*id);
    for (size_t j = 0; j < 3; ++j) {
      EXPECT_NEAR(vector[j], row[j] / length, 0.01) << key;
    }
  }
}

}  // namespace golden_index_test
}  // namespace embed
