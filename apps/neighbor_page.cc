#include "apps/neighbor_page.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/markup.h"

namespace embed {
namespace {

constexpr char kNeighborHead[] = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem; }
h1 { font-size: 1.2rem; margin: 0 0 .8rem; }
h2 { font-size: 1.05rem; margin: 0 0 .4rem; overflow-wrap: anywhere; }
input { font: inherit; padding: .35rem .6rem; width: 18rem; max-width: 90%%; }
main { display: grid; gap: 1rem; margin-top: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
section { border: 1px solid #8886; border-radius: 8px; padding: .8rem 1rem; }
table { border-collapse: collapse; width: 100%%; }
td { padding: .1rem .3rem; }
td:nth-child(1), td:nth-child(3) { text-align: right; width: 2.2rem;
  font-variant-numeric: tabular-nums; opacity: .75; }
td:nth-child(2) { overflow-wrap: anywhere; background-repeat: no-repeat;
  background-image: linear-gradient(#0072b240, #0072b240); }
[hidden] { display: none; }
</style>
</head>
<body>
<h1>%s</h1>
<input type="search" placeholder="find a key" aria-label="find a key">
<main>
)";

constexpr char kTail[] = R"(</main>
<script>
const field = document.querySelector('input');
field.addEventListener('input', () => {
  const wanted = field.value.toLowerCase();
  for (const card of document.querySelectorAll('section')) {
    const keys = [...card.querySelectorAll('h2, td:nth-child(2)')];
    card.hidden = !keys.some(k => k.textContent.toLowerCase().includes(wanted));
  }
});
</script>
</body>
</html>
)";

}  // namespace

std::string NeighborPage(const std::string& title,
                         const std::vector<NeighborList>& lists) {
  const std::string shown = EscapeMarkup(title);
  std::string page = absl::StrFormat(kNeighborHead, shown, shown);
  for (const NeighborList& list : lists) {
    absl::StrAppend(&page, "<section><h2>", EscapeMarkup(list.key),
                    "</h2>\n<table>\n");
    int rank = 0;
    for (const NeighborList::Neighbor& neighbor : list.neighbors) {
      absl::StrAppendFormat(
          &page,
          "<tr><td>%d</td><td style=\"background-size:%.0f%% 100%%\">%s</td>"
          "<td>%.3f</td></tr>\n",
          ++rank, 100 * std::clamp(neighbor.score, 0.0, 1.0),
          EscapeMarkup(neighbor.key), neighbor.score);
    }
    page += "</table></section>\n";
  }
  return page + kTail;
}

}  // namespace embed
