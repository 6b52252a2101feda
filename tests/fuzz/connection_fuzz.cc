// A whole connection: what it answers does not depend on how the bytes come, every answer is well-formed, and it ends.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "support/conversation.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

Task<Response> echo(Request& request) {
  std::expected<std::string, HttpError> body = co_await request.body().text(10'000);
  if (!body) co_return closing(error(body.error()));
  co_return text(*body);
}

Answer handle(Request& request) {
  if (request.path().starts_with('/') && (request.path().find("//") != std::string_view::npos)) std::abort();
  if (request.method() == Method::post) return echo(request);
  return text(std::string(request.host()) + std::string(request.path()));
}

// Answers one after another, each with a status line, fields and as many bytes as it says; "100 Continue" between them.
void check(std::string_view output) {
  while (!output.empty()) {
    if (!output.starts_with("HTTP/1.1 ") || output.size() < 12) std::abort();
    bool interim = output[9] == '1';
    size_t end = output.find("\r\n\r\n");
    if (end == std::string_view::npos) std::abort();
    std::string_view head = output.substr(0, end + 2);
    output.remove_prefix(end + 4);
    if (interim) continue;
    constexpr std::string_view name = "Content-Length: ";
    size_t at = head.find(name);
    if (at == std::string_view::npos || head.find("Date: ") == std::string_view::npos) std::abort();
    at += name.size();
    size_t length = std::strtoull(std::string(head.substr(at, head.find('\r', at) - at)).c_str(), nullptr, 10);
    // The answer to HEAD has the length, but no body: then the next answer follows, or nothing.
    if (output.empty() || output.starts_with("HTTP/1.1 ")) continue;
    if (output.size() < length) std::abort();
    output.remove_prefix(length);
  }
}

// Whether a client is told to go on depends on whether its body has come already (RFC 9110 10.1.1).
std::string without_interim(std::string output) {
  constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
  for (size_t at; (at = output.find(interim)) != std::string::npos;) output.erase(at, interim.size());
  return output;
}

std::string_view text_of(const uint8_t* data, size_t size) { return {reinterpret_cast<const char*>(data), size}; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2 || size > 8192) return 0;
  // The first two bytes say where the input is split, the rest is what the client sends.
  size_t at = (size_t{data[0]} << 8 | data[1]) % (size - 1);
  std::string_view input = text_of(data + 2, size - 2);
  Limits limits;
  limits.head.head_size = 2048;
  limits.requests_per_connection = 20;
  test::Conversation whole(handle, limits);
  std::string expected = without_interim(whole.all_at_once(input));
  check(expected);
  if (!whole.ended()) std::abort();
  test::Conversation split(handle, limits);
  if (without_interim(split.split(input, std::min(at, input.size()))) != expected) std::abort();
  test::Conversation slow(handle, limits);
  if (size < 1024 && without_interim(slow.byte_by_byte(input)) != expected) std::abort();
  return 0;
}
