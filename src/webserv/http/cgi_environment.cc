#include "webserv/http/cgi_environment.h"

#include <algorithm>
#include <array>

#include "webserv/base/text.h"

namespace webserv::detail {

namespace {

constexpr std::string_view software = "webserv";

bool is_passed_on(std::string_view name) {
  constexpr std::array<std::string_view, 13> left_out = {"Connection",
                                                         "Content-Length",
                                                         "Content-Type",
                                                         "Expect",
                                                         "Keep-Alive",
                                                         "Proxy",
                                                         "TE",
                                                         "Trailer",
                                                         "Proxy-Authorization",
                                                         "Upgrade",
                                                         "HTTP2-Settings",
                                                         "Proxy-Connection",
                                                         "Transfer-Encoding"};
  auto is_plain = [](char c) { return is_digit(c) || c == '-' || (to_lower(c) >= 'a' && to_lower(c) <= 'z'); };
  return std::ranges::all_of(name, is_plain) &&
         std::ranges::none_of(left_out, [&](std::string_view other) { return equals_ignoring_case(name, other); });
}

std::string variable_name(std::string_view field_name) {
  std::string name = "HTTP_";
  for (char c : field_name) {
    name.push_back(c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

// Of "name:8080" or "[::1]:8080", which is well-formed.
struct Authority {
  std::string_view host;
  std::string_view port;  // may be empty
};

Authority take_apart(std::string_view authority) {
  size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.ends_with(']')) return {authority, {}};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

class Environment {
 public:
  Environment(CStrings& to, Variables own) : to_(to), own_(own) {
    for (const auto& [name, value] : own) to_.add(name, value);
  }

  void add(std::string_view name, std::string_view value) {
    if (!is_own(name)) to_.add(name, value);
  }
  void add(std::string_view name, uint64_t number) {
    std::string digits;
    append_decimal(digits, number);
    add(name, digits);
  }
  void add_if_any(std::string_view name, std::string_view value) {
    if (!value.empty()) add(name, value);
  }

 private:
  bool is_own(std::string_view name) const {
    return std::ranges::any_of(own_, [&](const auto& variable) { return variable.first == name; });
  }

  CStrings& to_;
  Variables own_;
};

void add_server(Environment& to, const RequestHead& head, const CgiCall& call) {
  // RFC 9112 3.2.2: the authority of the target wins. RFC 3875 4.1.14: what the client calls the server.
  std::string_view named = head.target.authority;
  if (named.empty()) named = head.fields.value(FieldName::host);
  Authority authority = take_apart(named);
  to.add("SERVER_NAME", authority.host.empty() ? call.server_address : authority.host);
  if (!authority.port.empty()) {
    to.add("SERVER_PORT", authority.port);
  } else {
    constexpr uint16_t http = 80;
    constexpr uint16_t https = 443;
    uint16_t usual = call.secure ? https : http;
    to.add("SERVER_PORT", named.empty() && call.server_port != 0 ? call.server_port : usual);
  }
  to.add_if_any("SERVER_ADDR", call.server_address);
  to.add("SERVER_PROTOCOL", name_of(head.protocol));
  to.add("SERVER_SOFTWARE", software);
  to.add("GATEWAY_INTERFACE", "CGI/1.1");
  to.add("REQUEST_SCHEME", call.secure ? "https" : "http");
  if (call.secure) to.add("HTTPS", "on");
}

void add_request(Environment& to, const RequestHead& head, const CgiCall& call) {
  to.add("REQUEST_METHOD", name_of(head.method));
  to.add("QUERY_STRING", head.target.query);
  if (head.target.form == TargetForm::absolute) {
    std::string uri(head.target.path);
    if (head.target.has_query) uri.append("?").append(head.target.query);
    to.add("REQUEST_URI", uri);
  } else {
    to.add("REQUEST_URI", head.target.text);
  }
  to.add_if_any("CONTENT_TYPE", head.fields.value(FieldName::content_type));
  if (call.content_length) to.add("CONTENT_LENGTH", *call.content_length);
  to.add("REMOTE_ADDR", call.remote_address);
  // RFC 3875 4.1.9: the address stands for a name that nobody looked up.
  to.add("REMOTE_HOST", call.remote_address);
  if (call.remote_port != 0) to.add("REMOTE_PORT", call.remote_port);
  to.add_if_any("REQUEST_ID", call.request_id);
}

void add_script(Environment& to, const CgiCall& call) {
  to.add("SCRIPT_NAME", call.script_name);
  to.add("SCRIPT_FILENAME", call.script_filename);
  to.add_if_any("DOCUMENT_ROOT", call.document_root);
  to.add_if_any("PATH_INFO", call.path_info);
  if (!call.path_info.empty() && !call.document_root.empty()) {
    std::string translated(call.document_root);
    if (translated.ends_with('/')) translated.pop_back();
    to.add("PATH_TRANSLATED", translated.append(call.path_info));
  }
  to.add_if_any("TMPDIR", call.temporary_folder);
  // php-cgi refuses to run a script where no server says that it let the request through.
  to.add("REDIRECT_STATUS", "200");
}

void add_fields(Environment& to, const Fields& fields) {
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    auto has_its_name = [&](const Field& other) { return equals_ignoring_case(other.name, field->name); };
    if (!is_passed_on(field->name) || std::any_of(fields.begin(), field, has_its_name)) continue;
    std::string value(field->value);
    // RFC 9110 5.3; RFC 6265 5.4 and RFC 9113 8.2.3: cookies have a separator of their own.
    std::string_view separator = field->known == FieldName::cookie ? "; " : ", ";
    for (auto other = field + 1; other != fields.end(); ++other) {
      if (has_its_name(*other)) value.append(separator).append(other->value);
    }
    to.add(variable_name(field->name), value);
  }
}

}  // namespace

void append_cgi_environment(CStrings& to, const RequestHead& head, const CgiCall& call, Variables own,
                            Variables inherited) {
  Environment environment(to, own);
  add_server(environment, head, call);
  add_request(environment, head, call);
  add_script(environment, call);
  add_fields(environment, head.fields);
  for (const auto& [name, value] : inherited) environment.add(name, value);
}

}  // namespace webserv::detail
