#include "embed/io/sync_folder.h"

#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace sync_folder_test {

TEST(SyncFolderTest, FolderIsWhatStandsBeforeTheName) {
  EXPECT_EQ(FolderOf("name"), "");
  EXPECT_EQ(FolderOf("a/b/name"), "a/b/");
  EXPECT_EQ(FolderOf("/name"), "/");
  EXPECT_EQ(FolderOf("a/"), "a/");
}

TEST(SyncFolderTest, SyncsOrCannotKnow) {
  const TempFolder folder;
  EXPECT_TRUE(SyncFolder(folder.File("name")).ok());
  EXPECT_TRUE(SyncFolder("name").ok());
  // Nothing is lost in a folder that is not there.
  EXPECT_TRUE(SyncFolder(folder.File("none/name")).ok());
}

}  // namespace sync_folder_test
}  // namespace embed
