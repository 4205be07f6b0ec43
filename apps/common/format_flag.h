// --output_format, of every command that prints results.
#ifndef EMBED_APPS_COMMON_FORMAT_FLAG_H_
#define EMBED_APPS_COMMON_FORMAT_FLAG_H_

#include <string>

namespace embed {

// The flag's value; not validated, for each command has its own formats.
const std::string& OutputFormatFlag();

}  // namespace embed

#endif  // EMBED_APPS_COMMON_FORMAT_FLAG_H_
