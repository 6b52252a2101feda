#include "webserv/http/method.h"

#include <array>

namespace webserv {

namespace {

// In the order of Method.
constexpr std::array<std::string_view, static_cast<size_t>(Method::unknown)> names = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"};

}  // namespace

Method parse_method(std::string_view name) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (name == names[i]) return static_cast<Method>(i);
  }
  return Method::unknown;
}

std::string_view name_of(Method method) {
  return method == Method::unknown ? std::string_view() : names[static_cast<size_t>(method)];
}

std::string allow_value(MethodSet methods) {
  std::string value;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!methods.contains(static_cast<Method>(i))) continue;
    if (!value.empty()) value += ", ";
    value += names[i];
  }
  return value;
}

}  // namespace webserv
