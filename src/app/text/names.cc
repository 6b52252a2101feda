#include "app/text/names.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/text/characters.h"
#include "webserv/base/text.h"
#include "webserv/http/fields.h"
#include "webserv/http/uri.h"

namespace webserv::app {

using namespace detail;

namespace {

// RFC 1035 2.3.4.
constexpr size_t longest_label = 63;
constexpr size_t longest_host = 253;

bool is_ipv6(std::string_view text) {
  in6_addr ignored;
  return !contains(text, {"\0", 1}) && inet_pton(AF_INET6, std::string(text).c_str(), &ignored) == 1;
}

std::optional<Fault> fault_of_label(std::string_view label) {
  if (label.empty()) return Fault{"is no host name: a label between dots is empty", {}};
  if (label.size() > longest_label) {
    return Fault{
        fmt::format("is no host name: a label has {} bytes, and at most {} are allowed", label.size(), longest_label),
        {}};
  }
  if (label.starts_with('-') || label.ends_with('-')) {
    return Fault{"is no host name: a label begins or ends with \"-\"", {}};
  }
  return std::nullopt;
}

// What is wrong with a name that has other characters than those of labels and dots.
Fault fault_of_characters(std::string_view name) {
  if (!std::ranges::all_of(name, is_ascii)) {
    return {"is no host name: it has other letters than those of ASCII",
            "write its ASCII form, which begins with xn--"};
  }
  if (contains(name, "/")) {
    std::string_view host = name.substr(contains(name, "://") ? name.find("://") + 3 : 0);
    host = host.substr(0, host.find_first_of(":/"));
    const bool is_meant = contains(host, ".") && parse_host_name(host).has_value();
    return {"is no host name: it has a scheme or a path", is_meant ? advise_to_write(host) : "write the name alone"};
  }
  if (contains(name, "${") || contains(name, "{$") || name.starts_with('$')) {
    return {"is no host name: webserv has no variables", "write the name itself"};
  }
  const std::string_view first = name.substr(0, name.find_first_of(", "));
  if (first.size() < name.size() && contains(first, ".")) {
    return {"is no host name: these are several", "name the host by one, the others are its `aliases`"};
  }
  if (is_ipv6(name))
    return {"is no host name: an IPv6 address stands in brackets here", advise_to_write(fmt::format("[{}]", name))};
  if (contains(name, "*")) return {"is no host name: \"*\" stands alone or for the first labels", "as in \"*.a.b\""};
  if (const size_t colon = name.rfind(':'); colon != std::string_view::npos) {
    return {"is no host name: it has a port",
            advise_to_write(colon == 0 ? "*" : name.substr(0, colon)) + ", ports belong to listeners"};
  }
  return {"is no host name: letters, digits, \"-\", \"_\" and dots may stand in it", {}};
}

std::optional<Fault> fault_of_host(std::string_view host) {
  if (host.empty()) return Fault{"is no host name: it is empty", "write \"*\" for all names"};
  if (host.starts_with('[')) {
    if (host.ends_with(']') && is_ipv6(host.substr(1, host.size() - 2))) return std::nullopt;
    return Fault{"is no host name: in brackets stands an IPv6 address, and nothing behind it", {}};
  }
  const auto is_of_label = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; };
  if (!std::ranges::all_of(host, is_of_label)) return fault_of_characters(host);
  if (host.size() > longest_host) {
    return Fault{fmt::format("is no host name: it has {} bytes, and at most {} are allowed", host.size(), longest_host),
                 {}};
  }
  for (size_t begin = 0; begin <= host.size();) {
    const size_t end = std::min(host.find('.', begin), host.size());
    if (std::optional<Fault> fault = fault_of_label(host.substr(begin, end - begin))) return fault;
    begin = end + 1;
  }
  return std::nullopt;
}

// "." or "..": never part of a path that is looked up.
bool has_dot_segment(std::string_view path) {
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment == "." || segment == "..") return true;
    begin = end + 1;
  }
  return false;
}

// Whether an encoded byte, %XX, stands in the text.
bool has_encoding(std::string_view text) {
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '%' && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) return true;
  }
  return false;
}

}  // namespace

std::expected<std::string, Fault> parse_host_name(std::string_view text) {
  if (text == "*") return "*";
  // What other servers call the host of all other names, and all names below one.
  if (text == "_") return std::unexpected(Fault{"is no host name", "write \"*\" for all other names"});
  if (text.size() > 1 && text.starts_with('.')) {
    return std::unexpected(
        Fault{"is no host name: a label between dots is empty", advise_to_write(fmt::format("*{}", text))});
  }
  std::string_view host = text;
  if (host.starts_with("*.")) host.remove_prefix(2);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (std::optional<Fault> fault = fault_of_host(host)) return std::unexpected(*std::move(fault));
  if (host.starts_with('[') && text.starts_with('*')) {
    return std::unexpected(Fault{"is no host name: no names are below an address", {}});
  }
  if (host.starts_with('[')) return normalize_ip_literal(host);
  return to_lower(text.substr(0, text.ends_with('.') ? text.size() - 1 : text.size()));
}

std::optional<Fault> fault_of_listener_name(std::string_view name) {
  const auto is_allowed = [](char c) { return is_ascii(c) && !is_control(c) && c != ':'; };
  if (!name.empty() && name.size() <= 255 && std::ranges::all_of(name, is_allowed)) return std::nullopt;
  return Fault{"is no name of a listener: systemd knows names of 1 to 255 printable ASCII characters without \":\"",
               {}};
}

std::optional<Fault> fault_of_path(std::string_view path) {
  if (!path.starts_with('/')) return Fault{"does not begin with \"/\"", advise_to_write(fmt::format("/{}", path))};
  if (std::ranges::any_of(path, is_control)) return Fault{"has a control character", "remove it"};
  if (has_dot_segment(path)) return Fault{"has a \".\" or \"..\" in it", "write the path that it stands for"};
  if (contains(path, "//")) return Fault{"has an empty name between slashes", "write one \"/\""};
  return std::nullopt;
}

std::optional<Fault> fault_of_route_path(std::string_view path) {
  if (contains(path, "?"))
    return Fault{"has a query: routes are found by the path alone", "leave out what follows \"?\""};
  if (contains(path, "#"))
    return Fault{"has a fragment, which clients keep to themselves", "leave out what follows \"#\""};
  const bool begins_pattern = !path.empty() && contains("~^*=@!", path.substr(0, 1));
  if (begins_pattern || path.ends_with('$') || contains(path, "**") || (contains(path, "{") && contains(path, "}"))) {
    return Fault{"is a pattern, but a route is a path", "write the path alone, as in \"/x/\""};
  }
  if (path.ends_with("/*")) {
    return Fault{"ends with \"*\"",
                 advise_to_write(path.substr(0, path.size() - 1)) + ", which stands for all below it"};
  }
  if (has_encoding(path)) {
    return Fault{"is encoded, but routes are compared with decoded paths", advise_to_write(percent_decode(path))};
  }
  return fault_of_path(path);
}

std::optional<Fault> fault_of_field_name(std::string_view name) {
  // RFC 9110 7.6.1 and what frames a message; and the date, which only the server knows.
  constexpr auto forbidden = std::to_array<std::string_view>({"connection", "content-length", "content-range", "date",
                                                              "http2-settings", "keep-alive", "proxy-connection", "te",
                                                              "trailer", "transfer-encoding", "upgrade"});
  if (!is_token(name)) return Fault{"is no field name", "letters, digits and \"-\" may stand in one"};
  if (std::ranges::find(forbidden, to_lower(name)) == forbidden.end()) return std::nullopt;
  return Fault{"is a field that the server alone sets", "remove it"};
}

std::optional<Fault> fault_of_field_value(std::string_view value) {
  if (!is_field_value(value)) return Fault{"has a control character, which may not stand in a field", "remove it"};
  if (trim(value).size() != value.size())
    return Fault{"has spaces at its ends, which are no part of a field", "remove them"};
  return std::nullopt;
}

std::expected<unsigned, Fault> parse_error_code(std::string_view text) {
  if (text == "4xx") return 4u;
  if (text == "5xx") return 5u;
  const std::optional<uint64_t> code = parse_decimal(text, 599);
  if (code && *code >= 400 && text.size() == 3) return static_cast<unsigned>(*code);
  const bool is_class = to_lower(text) == "4xx" || to_lower(text) == "5xx";
  std::string meant = to_lower(text);
  if (!is_class) std::ranges::replace(meant, 'o', '0');
  const std::optional<uint64_t> digits = parse_decimal(meant, 599);
  if (!is_class && (meant == to_lower(text) || !digits || *digits < 400)) meant.clear();
  if (to_lower(text) == "default" || text == "*") meant = "4xx";
  // As nginx has it for all from 500 to 509.
  if (text.size() == 3 && (text[0] == '4' || text[0] == '5') && to_lower(text[2]) == 'x') {
    meant = fmt::format("{}xx", text[0]);
  }
  return std::unexpected(
      Fault{"is no error: codes from 400 to 599, 4xx and 5xx are", meant.empty() ? meant : advise_to_write(meant)});
}

}  // namespace webserv::app
