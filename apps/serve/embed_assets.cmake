# Writes a C++ source that holds the files of a folder.
#   cmake -DOUTPUT=FILE.cc -DFOLDER=DIR -P embed_assets.cmake
set(types
  html "text/html"
  css "text/css"
  js "text/javascript"
  json "application/json"
  svg "image/svg+xml")

file(GLOB names RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT names)
set(entries)
foreach(name IN LISTS names)
  string(REGEX REPLACE ".*\\." "" ending ${name})
  list(FIND types ${ending} at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${name}: what content type is .${ending}?")
  endif()
  math(EXPR at "${at} + 1")
  list(GET types ${at} type)
  if(type MATCHES "^text/")
    string(APPEND type "; charset=utf-8")
  endif()
  set(path "/${name}")
  if(name STREQUAL "index.html")
    set(path "/")
  endif()
  file(READ ${FOLDER}/${name} text)
  string(APPEND entries
    "    {\"${path}\", \"${type}\",\n     R\"asset(${text})asset\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"apps/serve/assets.h\"

namespace embed {
namespace {

constexpr ServeAsset kAssets[] = {
${entries}};

}  // namespace

absl::Span<const ServeAsset> ServeAssets() { return kAssets; }

}  // namespace embed
")
