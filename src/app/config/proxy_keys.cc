#include "app/config/proxy_keys.h"

#include <fmt/format.h>

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "app/text/characters.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr std::string_view of_unix = "unix";
constexpr std::string_view right_forms = "write 192.0.2.7, 10.0.0.0/8, 2001:db8::/32 or unix";

// What is wrong with a text that is no prefix: words of other servers, and slips.
Fault fault_of_prefix(std::string_view text) {
  const std::string word = to_lower(text);
  if (word == of_unix) return {"is no proxy", advise_to_write(of_unix)};
  if (word.starts_with(of_unix)) {
    return {"is no proxy: all unix sockets of the listener are meant at once", advise_to_write(of_unix)};
  }
  if (word == "*" || word == "all" || word == "any") {
    return {"is no proxy: whoever connects could say who the client is", "name the addresses of your proxies"};
  }
  if (word == "localhost" || word == "loopback") {
    return {"is no address: names are not looked up", "write \"127.0.0.1\" and \"::1\""};
  }
  if (word.starts_with("private")) {
    return {"is no address", "write the networks that your proxies are in, as \"10.0.0.0/8\""};
  }
  std::string_view host = text.substr(0, text.find('/'));
  if (parse_ip_address(host)) {
    const bool is_ipv4 = !contains(host, ":");
    return {fmt::format("is no network: behind the slash stands a number of bits, from 0 to {}", is_ipv4 ? 32 : 128),
            fmt::format("write {}/{} for the address alone", host, is_ipv4 ? 32 : 128)};
  }
  if (host.starts_with('[')) host.remove_prefix(1);
  host = host.substr(0, host.find(']'));
  if (parse_ip_address(host)) return {"is no address: no brackets and no port stand here", advise_to_write(host)};
  host = text.substr(0, text.rfind(':'));
  if (host.size() < text.size() && parse_ip_address(host)) {
    return {"is no address: a proxy comes from any port", advise_to_write(host)};
  }
  return {"is no address and no network", std::string(right_forms)};
}

std::expected<AddressPrefix, Fault> parse_trusted(std::string_view text) {
  const std::optional<AddressPrefix> prefix = parse_prefix(text);
  if (!prefix) return std::unexpected(fault_of_prefix(text));
  const AddressPrefix network = prefix->network();
  if (network != *prefix) {
    return std::unexpected(Fault{fmt::format("has bits behind the first {}", prefix->bits),
                                 advise_to_write(network.text()) + " for the network, or the address without a slash"});
  }
  if (prefix->bits == 0) {
    return std::unexpected(
        Fault{"has all addresses: whoever connects could say who the client is", "name the addresses of your proxies"});
  }
  return network;
}

}  // namespace

TrustedProxies read_trusted_proxies(const SectionReader& listener) {
  TrustedProxies trusted;
  const auto* texts = listener.section().get<std::vector<Text>>("trusted_proxies");
  if (texts == nullptr) return trusted;
  for (const Text& text : *texts) {
    if (text.text == of_unix) {
      trusted.unix_sockets = true;
    } else if (const auto network = parse_trusted(text.text)) {
      trusted.networks.push_back(*network);
    } else {
      listener.refuse(text, network.error());
    }
  }
  return trusted;
}

bool read_proxy_protocol(const SectionReader& listener) {
  if (!listener.truth("proxy_protocol", false)) return false;
  const auto* texts = listener.section().get<std::vector<Text>>("trusted_proxies");
  // One that was refused is told of.
  const bool is_missing = texts == nullptr ? listener.section().find("trusted_proxies") == nullptr : texts->empty();
  if (is_missing && !listener.section().damaged) {
    listener.refuse_key("proxy_protocol", "`proxy_protocol` lets nobody in without `trusted_proxies`",
                        "name the proxies beside it, as in trusted_proxies = [\"127.0.0.1\"]");
  }
  return true;
}

}  // namespace webserv::app
