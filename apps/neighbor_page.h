// Nearest keys as a page to read: one HTML file, without anything from
// elsewhere.
#ifndef EMBED_APPS_NEIGHBOR_PAGE_H_
#define EMBED_APPS_NEIGHBOR_PAGE_H_

#include <string>
#include <vector>

namespace embed {

struct NeighborList {
  struct Neighbor {
    std::string key;
    double score;  // cosine
  };

  std::string key;
  std::vector<Neighbor> neighbors;  // nearest first
};

// A card for each key, with a bar for each cosine and a field that shows the
// cards whose keys or neighbours contain what is typed.
std::string NeighborPage(const std::string& title,
                         const std::vector<NeighborList>& lists);

}  // namespace embed

#endif  // EMBED_APPS_NEIGHBOR_PAGE_H_
