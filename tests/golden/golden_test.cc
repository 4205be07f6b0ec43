// Kept files of every version that wrote them: they stay readable, with the
// values that are written here. The values were taken from the files by a
// program of its own, after embed/io/FORMAT.md.
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "embed/index/item_index.h"
#include "embed/io/checkpoint_file.h"
#include "embed/io/model_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"
#include "tests/golden/model_text.h"
#include "text/vocabulary_file.h"

namespace embed {
namespace golden_test {

using ::testing::HasSubstr;

const std::string kFolder = EMBED_GOLDEN_FILES;

const std::map<std::string, std::string>& Models() {
  static const auto* const models = new std::map<std::string, std::string>{
      {"cbow_hs", R"(
word2vec seed 1, words 156, input, dim 3, 21 options
a 24 | 0.161029 0.0718852 0.0549554 | 0.0099551 0.00376796 -0.0199282
b 24 | 0.106919 -0.0665259 -0.0773266 | 0.00861198 0.0198862 0.0205341
c 18 | 0.162237 -0.127486 0.155658 | 0.0460313 -0.0247764 0.0214342
d 12 | 0.100842 0.086921 -0.127596 | 0 0 0
)"},
      {"cw2vec", R"(
cw2vec seed 1, chinese 180, output, dim 3, 26 options
大 18 | -0.0484463 0.0494721 -0.0527235 | rows 2
北京 12 | -0.202129 -0.0874943 -0.0187848 | rows 3 0 2 4 5 1
北 6 | -0.104053 -0.0238163 -0.0213293 | rows 3 0
sum 844424930132043 | 0.203435 0.0873379 0.0574457
sum 844424930132053 | 0.139599 -0.0511041 -0.0725763
sum 844424930132060 | 0.210602 -0.113827 0.166111
sum 844424930132105 | 0.139964 0.105659 -0.124177
sum 844424930132193 | 0.0780879 0.157709 -0.0451561
sum 844424930132234 | -0.0370887 0.148757 0.0890869
source 26 bytes
)"},
      {"cw2vec_both", R"(
cw2vec seed 1, chinese 180, both, dim 3, 26 options
大 18 | -0.0484463 0.0494721 -0.0527235 | rows 2
北京 12 | -0.202129 -0.0874943 -0.0187848 | rows 3 0 2 4 5 1
北 6 | -0.104053 -0.0238163 -0.0213293 | rows 3 0
sum 844424930132043 | 0.203435 0.0873379 0.0574457
sum 844424930132053 | 0.139599 -0.0511041 -0.0725763
sum 844424930132060 | 0.210602 -0.113827 0.166111
sum 844424930132105 | 0.139964 0.105659 -0.124177
sum 844424930132193 | 0.0780879 0.157709 -0.0451561
sum 844424930132234 | -0.0370887 0.148757 0.0890869
source 26 bytes
)"},
      {"deepwalk", R"(
deepwalk seed 1, graph.edgelist 16, input, dim 3, 24 options
c 12 | 0.277364 0.0564233 0.0743348 | -0.196108 0.0104739 -0.0265235
a 9 | 0.190831 -0.075068 -0.0596917 | -0.223228 0.00781832 -0.017579
b 11 | 0.24485 -0.135062 0.168169 | -0.202492 0.0201115 -0.0451151
d 8 | 0.176156 0.0758736 -0.112514 | -0.144593 0.0385029 -0.0194789
)"},
      {"fasttext", R"(
fasttext seed 1, words 156, composed, dim 3, 21 options
a 24 | -0.741404 -0.631873 -0.0597979 | rows 0 4
b 24 | -0.751146 -0.640467 0.229371 | rows 1 7
c 18 | -0.99169 -0.510357 -0.178405 | rows 2 4
d 12 | -1.06703 -0.741611 -0.0442348 | rows 3 5
mean - | 0.810628 0.565714 0.125817
mean - | 1.22977 0.629553 -0.257737
mean - | 1.00173 0.0770196 0.466064
mean - | 0.856921 0.605391 -0.231163
mean - | 1.2663 1.03744 0.0839117
mean - | 0.521779 0.697186 0.198699
mean - | 0.0678604 -0.114884 0.242247
mean - | 0.862391 0.858266 -0.0872908
mean - | -0.278024 0.283824 0.137056
)"},
      {"hin2vec", R"(
hin2vec seed 1, typed.tsv 106, input, dim 3, 18 options
p1 15 paper | 0.14435 0.099156 0.0176918
p2 9 paper | 0.0995838 -0.0878515 -0.0503398
a2 5 author | 0.134615 -0.14109 0.142951
a1 7 author | 0.09493 0.10211 -0.114818
v 14 venue | 0.0393051 0.150354 -0.0463508
in 12 | 0.170676 0.0652998 0.232336
in^-1 11 | 0.117551 0.236598 0.204982
by^-1 9 | 0.0100996 0.0924788 0.126363
by 8 | 0.118623 0.234131 0.137112
in^-1>by 5 | 0.105899 0.256979 0.179721
by^-1>in 4 | 0.112897 0.173127 0.118041
in>in^-1 3 | 0.210668 0.26915 0.319469
by>by^-1 1 | 0.246008 0.255845 0.179611
by^-1>by 1 | 0.17533 0.236799 0.0330386
)"},
      {"item2vec", R"(
item2vec seed 1, words 156, input, dim 3, 21 options
a 18 | 1.53016 -0.0175497 0.207693 | -1.62245 0.0476472 -0.182261
b 18 | 1.52002 -0.28181 0.0107348 | -1.53594 0.268177 -0.0260366
c 18 | 1.47523 -0.358911 0.371577 | -1.54153 0.324046 -0.322185
d 12 | 1.48085 -0.0634708 -0.00406664 | -1.51044 0.110583 -0.0652307
)"},
      {"line", R"(
line seed 1, graph.edgelist 16, input, dim 4, 15 options
c 3 | 0.80688 0.590715 -0.0508573 0.998706
a 2 | 0.719865 -0.694114 0.980532 0.196359
b 2 | 0.691462 -0.722413 0.310349 0.950623
d 1 | 0.627922 0.778276 0.831586 0.555395
)"},
      {"metapath2vec", R"(
metapath2vec seed 1, typed.tsv 106, input, dim 3, 24 options
p1 6 paper | 0.17732 0.0678272 0.0571723 | -0.061791 0.00746431 -0.0272718
p2 2 paper | 0.114989 -0.066148 -0.0737661 | -0.072189 -0.0113969 0.0108891
a2 5 author | 0.174554 -0.125706 0.156357 | -0.090468 -0.00743919 -0.00475018
a1 7 author | 0.131113 0.0845863 -0.123535 | -0.0992057 0.0103983 -0.00174161
v 0 venue | 0.0459888 0.143138 -0.0473788 | 0 0 0
)"},
      {"node2vec", R"(
node2vec seed 1, graph.edgelist 16, input, dim 3, 25 options
c 12 | 0.277364 0.0564233 0.0743348 | -0.196108 0.0104739 -0.0265235
a 9 | 0.190831 -0.075068 -0.0596917 | -0.223228 0.00781832 -0.017579
b 11 | 0.24485 -0.135062 0.168169 | -0.202492 0.0201115 -0.0451151
d 8 | 0.176156 0.0758736 -0.112514 | -0.144593 0.0385029 -0.0194789
)"},
      {"node2vec_biased", R"(
node2vec seed 1, graph.edgelist 16, input, dim 3, 25 options
c 14 | 0.319448 0.0454663 0.0744206 | -0.206034 0.0541444 -0.0426594
a 10 | 0.195949 -0.0823725 -0.059887 | -0.21592 -0.0382967 0.0271863
b 10 | 0.208695 -0.133509 0.162989 | -0.243068 -0.00200727 -0.0275305
d 6 | 0.183612 0.0902226 -0.121172 | -0.133557 0.0390904 -0.0322337
)"},
      {"word2vec", R"(
word2vec seed 1, words 156, input, dim 3, 21 options
a 24 | 0.944832 0.0538936 0.122272 | -0.837784 -0.0316529 -0.0913444
b 24 | 0.817099 -0.13872 -0.0723847 | -0.739528 0.108815 0.0502725
c 18 | 0.71052 -0.187192 0.230031 | -0.719299 0.114919 -0.15546
d 12 | 0.46339 0.0509118 -0.0973477 | -0.725777 0.0492869 -0.0251803
)"},
  };
  return *models;
}

TEST(GoldenTest, ModelsHoldTheirValues) {
  for (const auto& [name, text] : Models()) {
    const auto model = ReadModel(absl::StrCat(kFolder, name, ".embed"));
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_EQ("\n" + TextOf(*model), text) << name;
  }
}

// By hand from the rows above: means of fastText's, and of cw2vec the sum of
// the output row and half of the features, both at length 1 before.
TEST(GoldenTest, ComposedVectorsAreMadeOfTheirRows) {
  const std::vector<std::pair<std::string, std::vector<float>>> wanted = {
      {"fasttext", {1.03846473f, 0.80157661f, 0.10486451f}},
      {"cw2vec_both", {-0.19527335f, 0.37312171f, -0.32076362f}}};
  for (const auto& [name, vector] : wanted) {
    const auto model = ReadModel(absl::StrCat(kFolder, name, ".embed"));
    ASSERT_TRUE(model.ok()) << model.status();
    const absl::Span<const float> first = model->vectors().row(0);
    ASSERT_EQ(first.size(), vector.size());
    for (size_t i = 0; i < vector.size(); ++i) {
      EXPECT_NEAR(first[i], vector[i], 1e-6) << name;
    }
  }
}

TEST(GoldenTest, TheCheckpointHoldsItsValues) {
  const auto file = CheckpointFile::Open(kFolder + "deepwalk.checkpoint");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ("\n" + TextOf(*file), R"(
unit 2490 of 4000000, 99600 tokens, 358380 examples, loss 848590, 30 properties, extra 0 bytes
input 64 | 0.0309478 0.764905 0.529042
output 64 | -1.60473 -1.22323 -0.993163
)");
  EXPECT_EQ(file->identity().at("mode"), "deepwalk");
  EXPECT_EQ(file->identity().at("walk_length"), "5");
  EXPECT_EQ(file->identity().at("input bytes"), "16");
}

TEST(GoldenTest, TheVocabularyHoldsItsWords) {
  const auto words = ReadVocabularyFile(kFolder + "vocabulary.txt");
  ASSERT_TRUE(words.ok()) << words.status();
  std::string text;
  for (const WordCount& word : *words) {
    absl::StrAppend(&text, word.word, " ", word.count, "\n");
  }
  EXPECT_EQ(text, "a 24\nb 24\nc 18\nd 12\n");
}

// Reads a file as what its name says.
absl::Status Read(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension();
  if (extension == ".embed") return ReadModel(path).status();
  if (extension == ".checkpoint") return CheckpointFile::Open(path).status();
  return ItemIndex::Open(path).status();
}

// Every container with one number of its header changed.
void ExpectRefused(size_t place, const std::string& bytes,
                   const std::string& message) {
  const TempFolder folder;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    std::string contents = ReadBytes(entry.path());
    if (contents.compare(0, 4,
                         "\x89"
                         "EMB") != 0)
      continue;
    ASSERT_TRUE(Read(entry.path()).ok()) << entry.path();
    contents.replace(place, bytes.size(), bytes);
    const std::string path = folder.File(entry.path().filename());
    WriteBytes(path, contents);
    const absl::Status status = Read(path);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << path;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    ++files;
  }
  EXPECT_GE(files, 24);
}

TEST(GoldenTest, ANewerVersionIsRefused) {
  ExpectRefused(8, std::string("\4\0\0\0", 4), "version 4 is newer");
}

TEST(GoldenTest, TheOtherByteOrderIsRefused) {
  ExpectRefused(12, "\1\2\3\4", "other byte order");
}

}  // namespace golden_test
}  // namespace embed
