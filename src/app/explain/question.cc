#include "app/explain/question.h"

#include <fmt/format.h>

#include <algorithm>

#include "webserv/base/text.h"
#include "webserv/http/fields.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr std::string_view host_name = "host";
constexpr std::string_view socket_scheme = "unix:";

std::string_view name_of(std::string_view field) { return field.substr(0, field.find(':')); }
std::string_view value_of(std::string_view field) { return trim(field.substr(field.find(':') + 1)); }

// Host, port and target by what follows the scheme. Clients keep user names to themselves.
Question of_authority(std::string_view rest) {
  Question question;
  const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  question.host = authority;
  const size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    if (const auto port = parse_decimal(authority.substr(colon + 1), UINT16_MAX)) {
      question.port = static_cast<uint16_t>(*port);
    }
  }
  question.target = rest.substr(end);
  if (!question.target.starts_with('/')) question.target.insert(0, "/");
  return question;
}

// All that the URL says.
Question of_url(std::string_view url, std::string_view method) {
  Question question;
  const size_t colon = url.find("://");
  const std::string scheme = to_lower(url.substr(0, std::min(colon, url.size())));
  if (scheme == "http" || scheme == "https") {
    question = of_authority(url.substr(colon + 3));
    question.scheme = scheme;
  } else if (url.starts_with(socket_scheme)) {
    const size_t path = std::min(url.find(":/", socket_scheme.size()), url.size());
    question.socket = url.substr(socket_scheme.size(), path - socket_scheme.size());
    question.target = path < url.size() ? url.substr(path + 1) : "/";
  } else if (colon != std::string_view::npos || url.starts_with('/') || url == "*" || method == "CONNECT") {
    question.target = url;
  } else {
    // As curl(1) takes it.
    question = of_authority(url);
  }
  // The fragment stays with the client.
  question.target.resize(std::min(question.target.find('#'), question.target.size()));
  return question;
}

}  // namespace

std::string Question::head(std::string_view default_host) const {
  std::string text = fmt::format("{} {} HTTP/1.1\r\n", method, target);
  if (!has_field(host_name)) text += fmt::format("Host: {}\r\n", host ? std::string_view(*host) : default_host);
  for (const std::string& field : fields) text += fmt::format("{}: {}\r\n", name_of(field), value_of(field));
  return text + "\r\n";
}

bool Question::has_field(std::string_view name) const {
  return std::ranges::any_of(fields, [&](const auto& field) { return equals_ignoring_case(name_of(field), name); });
}

bool Question::has_forwarding() const {
  return std::ranges::any_of(
      fields, [](const std::string& field) { return field_name(name_of(field)) == FieldName::forwarding; });
}

std::expected<Question, std::string> read_question(const ExplainOptions& options) {
  constexpr std::string_view line_ends("\r\n\0", 3);
  if (options.method.empty() || options.method.find_first_of(line_ends) != std::string::npos) {
    return std::unexpected("METHOD is a word: GET, HEAD, POST, ...");
  }
  if (options.url.empty() || options.url.find_first_of(line_ends) != std::string::npos) {
    return std::unexpected("URL is a path or an address on one line: /index.html, http://example.org/");
  }
  Question question = of_url(options.url, options.method);
  question.method = options.method;
  question.fields = options.fields;
  question.peer = parse_peer(options.from.value_or("127.0.0.1")).value_or(Peer());
  question.names_peer = options.from.has_value();
  // One that is given counts before that of the URL, as with curl(1).
  for (const std::string& field : options.fields) {
    if (equals_ignoring_case(name_of(field), host_name)) question.host = value_of(field);
  }
  return question;
}

}  // namespace webserv::app
