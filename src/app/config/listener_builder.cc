#include "app/config/listener_builder.h"

#include <fmt/format.h>

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "app/config/proxy_keys.h"
#include "app/text/names.h"
#include "webserv/io/address.h"

namespace webserv::app {
namespace {

// The address with an absolute path, as it is written.
std::expected<std::string, std::string> resolve_address(std::string_view text, std::string_view folder) {
  const std::expected<Address, std::string> address = parse_address(text);
  if (!address) return std::unexpected(address.error());
  if (address->path().empty()) return address->to_string();
  const std::expected<Address, std::string> absolute = parse_address("unix:" + absolute_path(folder, address->path()));
  if (!absolute) return std::unexpected(absolute.error());
  return absolute->to_string();
}

class ListenerBuilder {
 public:
  ListenerConfig build(const SectionReader& listener) {
    const Section& section = listener.section();
    if (std::optional<Fault> fault = fault_of_listener_name(section.name)) {
      listener.refuse({section.name, section.region}, *fault);
    }
    ListenerConfig config{section.name, {}, section.region.begin, Places(section)};
    config.trusted_proxies = read_trusted_proxies(listener);
    config.proxy_protocol = read_proxy_protocol(listener);
    const auto* addresses = section.get<std::vector<Text>>("address");
    if (addresses == nullptr) return config;
    if (addresses->empty()) {
      listener.refuse_value("address", "`address` has no element", "leave it out where systemd hands the socket over");
    }
    for (const Text& text : *addresses) {
      if (std::optional<std::string> address = own_address(listener, text)) {
        config.addresses.push_back(*std::move(address));
      }
    }
    return config;
  }

 private:
  // The address, if it is one and no listener's yet.
  std::optional<std::string> own_address(const SectionReader& listener, const Text& text) {
    std::expected<std::string, std::string> address = resolve_address(text.text, listener.folder());
    if (!address) {
      listener.refuse(text, {"is no address: " + address.error(), {}});
      return std::nullopt;
    }
    const auto [other, is_new] = owners_.emplace(*address, listener.section().path);
    // Port 0 is another one each time.
    if (!is_new && !address->ends_with(":0")) {
      listener.refuse(text, {fmt::format("is an address of [{}] already", other->second), {}});
      return std::nullopt;
    }
    return *std::move(address);
  }

  std::map<std::string, std::string> owners_;  // of addresses: the paths of their listeners
};

}  // namespace

std::vector<ListenerConfig> build_listeners(const SectionReader& file) {
  std::vector<ListenerConfig> listeners;
  ListenerBuilder builder;
  if (const auto* sections = file.section().get<std::vector<Section>>("listener")) {
    for (const Section& section : *sections) {
      if (listeners.size() == most_listeners) {
        file.findings().add(section.region, fmt::format("there are more than {} listeners", most_listeners),
                            "give one of them several addresses");
        break;
      }
      listeners.push_back(builder.build(SectionReader(section, file.folder(), file.findings())));
    }
  }
  if (listeners.empty()) listeners.push_back({std::string(default_listener), {std::string(default_address)}, {}});
  return listeners;
}

}  // namespace webserv::app
