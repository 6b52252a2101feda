// Targets, paths and hosts: whatever is accepted has the form that it says, and stays what it is when it is read again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "webserv/base/text.h"
#include "webserv/http/uri.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

void check_normalized(std::string_view path) {
  require(path.starts_with('/') && !path.contains('\0') && !path.contains("//"));
  for (size_t begin = 1; begin <= path.size();) {
    size_t end = std::min(path.find('/', begin), path.size());
    std::string_view segment = path.substr(begin, end - begin);
    require(segment != "." && segment != "..");
    begin = end + 1;
  }
  // Encoded again it is the same path, and it is a view of what was given if there is nothing to encode.
  std::string encoded = percent_encode_path(path);
  require(std::ranges::all_of(encoded, is_visible) && percent_decode(encoded) == path);
  std::string scratch;
  require(normalize_path(encoded, scratch).value() == path);
}

void check_path(std::string_view text) {
  std::string scratch = "something";
  std::expected<std::string_view, HttpError> path = normalize_path(text, scratch);
  if (!path) return require(path.error().status == Status::bad_request || path.error().status == Status::not_found);
  require(path->data() == text.data() || path->data() == scratch.data());
  require(path->size() <= text.size());
  check_normalized(*path);
}

void check_host(std::string_view text) {
  std::string scratch;
  std::expected<std::string_view, HttpError> host = normalize_host(text, scratch);
  require(host.has_value() == is_host(text));
  if (!host) return require(host.error().status == Status::bad_request);
  require(!host->empty() && std::ranges::all_of(*host, is_visible) && std::ranges::none_of(*host, is_upper));
  require(host->find_first_of("@/,?#\\\"<> ") == std::string_view::npos);
  require(host->contains(':') == host->starts_with('['));
  for (std::string_view port : {"", ":", ":65535"}) {
    std::string again = std::string(*host) + std::string(port);
    std::string other;
    std::expected<std::string_view, HttpError> same = normalize_host(again, other);
    // One dot is removed each time.
    require(host->ends_with('.') || (same && *same == *host));
  }
}

void check_target(Method method, std::string_view text) {
  std::expected<Target, HttpError> target = parse_target(method, text);
  if (!target) return require(target.error().status == Status::bad_request);
  require(target->text == text && std::ranges::all_of(text, is_visible) && !text.contains('#'));
  require((target->form == TargetForm::authority) == (method == Method::connect));
  require(target->form != TargetForm::asterisk || (method == Method::options && text == "*" && target->path == "*"));
  bool has_authority = target->form == TargetForm::authority || target->form == TargetForm::absolute;
  require(has_authority == !target->authority.empty());
  require(!has_authority || is_host(target->authority));
  if (target->form == TargetForm::asterisk || target->form == TargetForm::authority) return;
  // Put together again, the parts are the text.
  require(target->path.starts_with('/') && !target->path.contains('?'));
  std::string whole(target->path);
  if (target->has_query) whole.append("?").append(target->query);
  require(text.ends_with(whole) || (target->form == TargetForm::absolute && text.ends_with(whole.substr(1))));
  require(target->form == TargetForm::absolute || text == whole);
  check_path(target->path);
  percent_decode(target->query, true);
}

void check_query(std::string_view text) {
  size_t equals = text.find('=');
  std::string key = percent_decode(text.substr(0, equals), true);
  std::string value = query_value(text, key);
  require(value.size() <= text.size());
  if (equals == std::string_view::npos || text.substr(0, equals).contains('&')) return;
  std::string_view first = text.substr(equals + 1);
  require(value == percent_decode(first.substr(0, first.find('&')), true));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (Method method : {Method::get, Method::options, Method::connect, Method::unknown}) check_target(method, text);
  check_path(text);
  check_path("/" + std::string(text));
  check_host(text);
  check_query(text);
  require(percent_decode(percent_encode_path(text)) == text);
  is_utf8(text);
  return 0;
}
