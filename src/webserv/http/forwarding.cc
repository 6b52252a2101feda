#include "webserv/http/forwarding.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "webserv/base/text.h"

namespace webserv {

using namespace detail;

namespace {

using Scheme = Forwarding::Scheme;
using Source = Forwarding::Source;

constexpr std::string_view forwarded = "Forwarded";
constexpr std::string_view x_for = "X-Forwarded-For";
constexpr std::string_view x_proto = "X-Forwarded-Proto";

// No address with a port and brackets is longer.
constexpr size_t longest_node = 64;

bool has_name(const Field& field, std::string_view name) {
  return field.known == FieldName::forwarding && equals_ignoring_case(field.name, name);
}

bool has(const Fields& fields, std::string_view name) {
  return std::ranges::any_of(fields, [&](const Field& field) { return has_name(field, name); });
}

// Where the quoted string begins whose last quotation mark is at `end`; npos where it has no beginning.
size_t begin_of_quoted(std::string_view text, size_t end) {
  for (size_t at = end; at > 0;) {
    at = text.rfind('"', at - 1);
    if (at == std::string_view::npos) return at;
    size_t first = at;
    while (first > 0 && text[first - 1] == '\\') --first;
    // RFC 9110 5.6.4: behind a backslash it is no mark.
    if ((at - first) % 2 == 0) return at;
  }
  return std::string_view::npos;
}

// Where the last element of a list begins. From the right: what a client has begun to quote in front of it hides
// nothing of what a proxy adds.
size_t begin_of_last(std::string_view list) {
  for (size_t end = list.size(); end > 0;) {
    const size_t at = list.find_last_of(",\"", end - 1);
    if (at == std::string_view::npos) return 0;
    if (list[at] == ',') return at + 1;
    end = begin_of_quoted(list, at);
    if (end == std::string_view::npos) return 0;
  }
  return 0;
}

// The elements of a field's lists, from the last one of its last line on.
class FromRight {
 public:
  FromRight(const Fields& fields, std::string_view name) {
    for (const Field& field : fields) {
      if (has_name(field, name)) lists_.push_back(field.value);
    }
  }

  // Nothing where there are no more. An empty list has one element, which is empty.
  std::optional<std::string_view> next() {
    if (lists_.empty()) return std::nullopt;
    std::string_view& list = lists_.back();
    const size_t begin = begin_of_last(list);
    const std::string_view element = trim(list.substr(begin));
    if (begin == 0) {
      lists_.pop_back();
    } else {
      list = list.substr(0, begin - 1);
    }
    return element;
  }

 private:
  std::vector<std::string_view> lists_;
};

// Some proxies tell of the protocol above, too.
Scheme parse_scheme(std::string_view text) {
  if (equals_ignoring_case(text, "https") || equals_ignoring_case(text, "wss")) return Scheme::https;
  if (equals_ignoring_case(text, "http") || equals_ignoring_case(text, "ws")) return Scheme::http;
  return Scheme::unknown;
}

// "_" 1*( ALPHA / DIGIT / "." / "_" / "-" )
bool is_hidden(std::string_view text) {
  return text.size() > 1 && text.front() == '_' && std::ranges::all_of(text.substr(1), [](char c) {
           return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '.' || c == '_' || c == '-';
         });
}

// node-port: 1*5DIGIT, or hidden, which is 0 here.
std::optional<uint16_t> parse_port(std::string_view text) {
  if (is_hidden(text)) return uint16_t{0};
  constexpr size_t digits = 5;
  const std::optional<uint64_t> port = text.size() <= digits ? parse_decimal(text, UINT16_MAX) : std::nullopt;
  return port ? std::optional(static_cast<uint16_t>(*port)) : std::nullopt;
}

// An address, and behind it nothing or a colon and a port.
std::optional<Peer> parse_with_port(std::string_view address, std::string_view behind, Peer::Family family) {
  std::optional<Peer> peer = parse_ip_address(address);
  if (!peer || (family == Peer::Family::ipv6) != (address.find(':') != std::string_view::npos)) return std::nullopt;
  if (behind.empty()) return peer;
  const std::optional<uint16_t> port = behind.front() == ':' ? parse_port(behind.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  peer->port = *port;
  return peer;
}

// An element of Forwarded, as far as it matters here.
struct Element {
  std::string node;
  bool has_node = false;
  Scheme scheme = Scheme::unknown;
};

// forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] ), and blanks around the semicolons, which many
// write. A value without quotes may have a port and brackets, which many write, too.
class ElementReader {
 public:
  explicit ElementReader(std::string_view text) : rest_(text) {}

  // Nothing where it is malformed: then not even its beginning is to be believed.
  std::optional<Element> read() {
    Element element;
    for (;;) {
      skip_blanks();
      if (!rest_.empty() && rest_.front() != ';' && !read_pair(element)) return std::nullopt;
      skip_blanks();
      if (rest_.empty()) return element;
      if (rest_.front() != ';') return std::nullopt;
      rest_.remove_prefix(1);
    }
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  bool read_pair(Element& element) {
    const size_t equals = rest_.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view name = rest_.substr(0, equals);
    rest_.remove_prefix(equals + 1);
    std::string value;
    if (!is_token(name) || !read_value(value)) return false;
    // RFC 7239 4: each parameter once.
    if (equals_ignoring_case(name, "for")) {
      if (std::exchange(element.has_node, true)) return false;
      element.node = std::move(value);
    } else if (equals_ignoring_case(name, "proto")) {
      if (std::exchange(has_scheme_, true)) return false;
      element.scheme = parse_scheme(value);
    }
    return true;
  }

  bool read_value(std::string& value) {
    if (rest_.starts_with('"')) return read_quoted(value);
    const size_t end = std::min(rest_.find_first_of("; \t"), rest_.size());
    value = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return !value.empty() && std::ranges::all_of(value, [](char c) {
      return is_token({&c, 1}) || c == ':' || c == '[' || c == ']';
    });
  }

  bool read_quoted(std::string& value) {
    for (size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == '"') {
        rest_.remove_prefix(at + 1);
        return true;
      }
      if (rest_[at] == '\\' && ++at == rest_.size()) return false;
      value.push_back(rest_[at]);
    }
    return false;
  }

  std::string_view rest_;
  bool has_scheme_ = false;
};

void read_forwarded(const Fields& fields, const TrustedProxies& trusted, Forwarding& to) {
  FromRight elements(fields, forwarded);
  for (size_t proxies = 0; proxies < most_proxies; ++proxies) {
    const std::optional<std::string_view> text = elements.next();
    const std::optional<Element> element = text ? ElementReader(*text).read() : std::nullopt;
    if (!element) return;
    // Whoever has written it is trusted, also where it hides its client.
    to.scheme = element->scheme;
    const std::optional<Peer> node = parse_node(element->node);
    if (!node) return;
    to.client = *node;
    if (!trusted.contains(*node)) return;
  }
}

// X-Forwarded-Proto may have an element for each of X-Forwarded-For, or fewer: then its first one is of the first
// proxy.
Scheme scheme_of(const Fields& fields, size_t proxies) {
  FromRight elements(fields, x_proto);
  Scheme scheme = Scheme::unknown;
  for (; proxies > 0; --proxies) {
    const std::optional<std::string_view> element = elements.next();
    if (!element) break;
    scheme = parse_scheme(*element);
  }
  return scheme;
}

void read_x_forwarded(const Fields& fields, const TrustedProxies& trusted, Forwarding& to) {
  FromRight elements(fields, x_for);
  size_t proxies = 0;
  while (proxies < most_proxies) {
    const std::optional<std::string_view> text = elements.next();
    if (!text) break;
    ++proxies;
    const std::optional<Peer> node = parse_x_node(*text);
    if (!node) break;
    to.client = *node;
    if (!trusted.contains(*node)) break;
  }
  to.scheme = scheme_of(fields, std::max<size_t>(proxies, 1));
}

}  // namespace

std::optional<Peer> parse_node(std::string_view text) {
  if (text.size() > longest_node) return std::nullopt;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    return parse_with_port(text.substr(1, end - 1), text.substr(end + 1), Peer::Family::ipv6);
  }
  const size_t colon = std::min(text.find(':'), text.size());
  return parse_with_port(text.substr(0, colon), text.substr(colon), Peer::Family::ipv4);
}

std::optional<Peer> parse_x_node(std::string_view text) {
  if (text == "unix:") return Peer();
  const bool is_bare = !text.starts_with('[') && std::ranges::count(text, ':') > 1;
  return is_bare ? parse_with_port(text, {}, Peer::Family::ipv6) : parse_node(text);
}

Forwarding read_forwarding(const Fields& fields, const Peer& peer, const TrustedProxies& trusted) {
  Forwarding told{.client = peer};
  if (has(fields, forwarded) && !has(fields, x_for)) {
    told.source = Source::forwarded;
    read_forwarded(fields, trusted, told);
  } else if (fields.has(FieldName::forwarding)) {
    told.source = Source::x_forwarded;
    read_x_forwarded(fields, trusted, told);
  }
  return told;
}

Fields keep_forwarding(const Fields& fields, Source source) {
  Fields kept;
  for (const Field& field : fields) {
    const Source own = has_name(field, forwarded) ? Source::forwarded : Source::x_forwarded;
    if (field.known != FieldName::forwarding || own == source) kept.add(field);
  }
  return kept;
}

}  // namespace webserv
