// The program: reads the command line and does what it says.
#include <fmt/core.h>

#include <cstdio>

#include "app/options.h"
#include "app/serve.h"

int main(int argc, char** argv) {
  auto options = webserv::parse_options(argc, argv);
  if (!options) {
    bool well = options.error().status == webserv::ExitStatus::ok;
    fmt::print(well ? stdout : stderr, "{}", options.error().text);
    return static_cast<int>(options.error().status);
  }
  return static_cast<int>(webserv::serve(*options));
}
