// Files of the page, embedded in the program (embed_assets.cmake).
#ifndef EMBED_APPS_SERVE_ASSETS_H_
#define EMBED_APPS_SERVE_ASSETS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace embed {

struct ServeAsset {
  absl::string_view path;  // of the URL
  absl::string_view content_type;
  absl::string_view bytes;
};

absl::Span<const ServeAsset> ServeAssets();

}  // namespace embed

#endif  // EMBED_APPS_SERVE_ASSETS_H_
