# Writes OUTPUT, the C++ source with the bytes of FILES; see Embed.cmake.
cmake_minimum_required(VERSION 3.25)

set(entries "")
foreach(file IN LISTS FILES)
  file(RELATIVE_PATH path ${BASE} ${file})
  file(SIZE ${file} size)
  file(READ ${file} bytes HEX)
  # String literals of 32 bytes a line, each byte as \xNN: no character of the file can end the literal.
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(REPEAT "\\\\x[0-9a-f][0-9a-f]" 32 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n     \"" bytes "${bytes}")
  string(APPEND entries "    {\"${path}\",\n     std::string_view(\"${bytes}\", ${size})},\n")
endforeach()
# std::array of no elements is allowed, an array is not.
list(LENGTH FILES count)
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

#include <array>

namespace webserv::app {

namespace {

constexpr std::array<EmbeddedFile, ${count}> files{{
${entries}}};

}  // namespace

std::span<const EmbeddedFile> ${NAME}() { return files; }

}  // namespace webserv::app
")
