// Whatever a request says, each variable of a program is set once, has a name that a shell takes, and is none of those
// that only the server may set; and what the configuration sets stays.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/http/cgi_environment.h"
#include "webserv/http/h1_parser.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  RequestParser parser;
  RequestHead head;
  std::expected<bool, HttpError> whole = parser.parse(bytes, head);
  if (!whole || !*whole) return 0;

  CgiCall call;
  call.script_name = "/a";
  call.script_filename = "/srv/a";
  call.remote_address = "192.0.2.7";
  call.server_address = "192.0.2.1";
  const std::vector<std::pair<std::string, std::string>> own = {{"HTTP_USER_AGENT", "own"}, {"QUERY_STRING", ""}};
  const std::vector<std::pair<std::string, std::string>> inherited = {{"PATH", "/bin"}};
  CStrings strings;
  append_cgi_environment(strings, head, call, own, inherited);

  std::set<std::string, std::less<>> variables;
  std::set<std::string_view> names;
  for (const char* const* at = strings.data(); *at != nullptr; ++at) {
    std::string_view text = *variables.emplace(*at).first;
    std::string_view name = text.substr(0, text.find('='));
    require(name.size() < text.size() && !name.empty() && name.find_first_not_of(letters) == std::string_view::npos);
    require(names.insert(name).second);
  }
  // No string ended early at a NUL, and none began where another one went on.
  require(names.size() == strings.size());
  for (std::string_view forbidden : {"HTTP_PROXY", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE",
                                     "HTTP_PROXY_AUTHORIZATION", "REMOTE_USER", "AUTH_TYPE", "CONTENT_LENGTH"}) {
    require(!names.contains(forbidden));
  }
  for (std::string_view kept : {"HTTP_USER_AGENT=own", "QUERY_STRING=", "PATH=/bin", "REMOTE_ADDR=192.0.2.7",
                                "SCRIPT_FILENAME=/srv/a", "GATEWAY_INTERFACE=CGI/1.1"}) {
    require(variables.contains(kept));
  }
  return 0;
}
