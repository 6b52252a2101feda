// The media type of a file depends on what follows the last dot of its name, whatever stands before it, and not on
// case; and it may be the value of a field.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "webserv/base/text.h"
#include "webserv/http/fields.h"
#include "webserv/http/mime.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

void require(bool holds) {
  if (!holds) std::abort();
}

// Empty where the name has none.
std::string_view extension_of(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  size_t dot = name.rfind('.');
  bool has_one = dot != std::string_view::npos && dot > 0;
  return has_one ? name.substr(dot + 1) : std::string_view();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string path(reinterpret_cast<const char*>(data), size);
  std::string_view type = mime_type(path);
  require(type.contains('/') && is_field_value(type));
  std::string extension(extension_of(path));
  if (extension.empty()) require(type == default_mime_type);
  require(type == mime_type("a." + extension));
  require(type == mime_type("folder.txt/." + path.substr(path.rfind('/') + 1) + "." + extension));
  require(type == mime_type(to_lower(path)));
  // No extension has a blank.
  require(mime_type("a." + extension + " ") == default_mime_type);
  return 0;
}
