#include "webserv/server/response_fields.h"

#include <algorithm>

#include "webserv/base/text.h"
#include "webserv/http/fields.h"

namespace webserv {

using namespace detail;

namespace {

bool has_element(std::string_view list, std::string_view element) {
  bool found = false;
  for_each_element(list, [&](std::string_view each) {
    found = equals_ignoring_case(each, element);
    return !found;
  });
  return found;
}

}  // namespace

bool ResponseFields::is_of_connection(std::string_view name) {
  constexpr std::string_view names[] = {"Date", "Connection", "Content-Length", "Transfer-Encoding"};
  return std::ranges::any_of(names, [&](std::string_view each) { return equals_ignoring_case(each, name); });
}

size_t ResponseFields::find(std::string_view name, size_t from) const {
  while (from < lines_.size()) {
    std::string_view line = std::string_view(lines_).substr(from);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        equals_ignoring_case(line.substr(0, name.size()), name)) {
      return from;
    }
    from += line.find('\n') + 1;
  }
  return std::string::npos;
}

void ResponseFields::add(std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_field_value(value) || is_of_connection(name)) return;
  lines_.append(name).append(": ").append(value).append("\r\n");
}

void ResponseFields::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void ResponseFields::join(std::string_view name, std::string_view list) {
  std::string all;
  auto add_new = [&all](std::string_view element) {
    if (!has_element(all, element)) all.append(all.empty() ? "" : ", ").append(element);
    return true;
  };
  for (size_t at = find(name); at != std::string::npos; at = find(name, lines_.find('\n', at) + 1)) {
    size_t begin = at + name.size() + 1;
    for_each_element(std::string_view(lines_).substr(begin, lines_.find('\r', begin) - begin), add_new);
  }
  for_each_element(list, add_new);
  set(name, all);
}

void ResponseFields::remove(std::string_view name) {
  for (size_t at = find(name); at != std::string::npos; at = find(name, at)) {
    lines_.erase(at, lines_.find('\n', at) + 1 - at);
  }
}

void ResponseFields::override_with(const ResponseFields& others) {
  std::string_view rest = others.lines_;
  while (!rest.empty()) {
    remove(rest.substr(0, rest.find(':')));
    rest.remove_prefix(rest.find('\n') + 1);
  }
  lines_.append(others.lines_);
}

std::string_view ResponseFields::value(std::string_view name) const {
  size_t at = find(name);
  if (at == std::string::npos) return {};
  size_t begin = at + name.size() + 2;
  return std::string_view(lines_).substr(begin, lines_.find('\r', begin) - begin);
}

bool ResponseFields::has(std::string_view name) const { return find(name) != std::string::npos; }

}  // namespace webserv
