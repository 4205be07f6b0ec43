// Numbers for JSON, which has none that are not finite.
#ifndef EMBED_APPS_COMMON_JSON_NUMBER_H_
#define EMBED_APPS_COMMON_JSON_NUMBER_H_

#include <cmath>
#include <nlohmann/json.hpp>

namespace embed {

// null for NaN and infinity.
inline nlohmann::ordered_json NumberOrNull(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value)
                              : nlohmann::ordered_json(nullptr);
}

}  // namespace embed

#endif  // EMBED_APPS_COMMON_JSON_NUMBER_H_
