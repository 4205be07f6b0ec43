// Numbers as people read them.
#ifndef EMBED_APPS_COMMON_HUMAN_FORMAT_H_
#define EMBED_APPS_COMMON_HUMAN_FORMAT_H_

#include <cstdint>
#include <string>

namespace embed {

// "950", "12.3 k", "4.56 M", "7.89 G": three digits.
std::string FormatCount(double count);
// "950 B", "12.3 KiB", "4.56 MiB".
std::string FormatBytes(uint64_t bytes);
// "0:07", "12:34", "1:23:45"; "?" for what is not a time.
std::string FormatSeconds(double seconds);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_HUMAN_FORMAT_H_
