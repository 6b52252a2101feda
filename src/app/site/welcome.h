// The welcome site that is compiled into the program: the files of the folder beside this header.
#pragma once

#include <span>
#include <string_view>

namespace webserv::app {

// A file that is part of the program; both views live as long as the program.
struct EmbeddedFile {
  std::string_view path;  // below its folder, without a leading slash: "index.html"
  std::string_view content;
};

// The files of the welcome site, in order of their paths; the source is made by the build (cmake/Embed.cmake).
std::span<const EmbeddedFile> welcome_files();

}  // namespace webserv::app
