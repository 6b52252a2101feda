#include "app/serve/listening.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/systemd/sockets.h"

namespace webserv::app {
namespace {

// What to do about an address that cannot be had.
std::string_view remedy(Error error, const Address& address) {
  const bool is_path = !address.path().empty();
  if (is_path && error == Error::no_such_file_or_directory) {
    return "make the folder of the socket, or choose another address with --listen or in the configuration";
  }
  if (is_path && error == Error::permission_denied) {
    return "let the user of the server write to its folder, or use a socket unit of systemd";
  }
  switch (error) {
    case Error::permission_denied:
      return "ports below 1024 need the right CAP_NET_BIND_SERVICE, or a socket unit of systemd";
    case Error::address_family_not_supported:
      return "the sandbox of its unit allows no sockets of its own: the unit's first lines say how to, or use a socket "
             "unit";
    case Error::address_not_available:
      return "choose an address that this machine has, with --listen or in the configuration";
    default: return "choose another address with --listen or in the configuration, or stop the program that uses it";
  }
}

class Opening {
 public:
  Opening(std::span<const Listener> passed, const Listening& former) : passed_(passed), former_(former.own) {}

  std::expected<Listening, Refusal> open(const std::vector<ListenerSockets>& wanted) {
    for (const ListenerSockets& listener : wanted) find_places(listener);
    open_missing();
    if (!refusal_.errors.empty()) return std::unexpected(std::move(refusal_));
    Listening result;
    for (const Place& place : places_) {
      result.listeners.push_back(*place.listener);
      if (place.address) result.own.push_back({*place.address, *place.listener});
    }
    return result;
  }

 private:
  struct Place {
    const std::string& name;
    std::optional<Address> address;    // nothing for a socket of systemd
    std::optional<Listener> listener;  // nothing where it has to be opened yet
  };

  void find_places(const ListenerSockets& wanted) {
    for (size_t index : wanted.passed) places_.push_back({wanted.name, {}, passed_[index].renamed(wanted.name)});
    for (const std::string& text : wanted.addresses) {
      Place place{wanted.name, Address(text), {}};
      const auto same = std::ranges::find(former_, *place.address, &Listening::Own::address);
      if (same != former_.end()) {
        place.listener = same->listener.renamed(wanted.name);
        former_.erase(same);
      }
      places_.push_back(std::move(place));
    }
  }

  void open_missing() {
    // What is left of `former_` ends with it: new sockets may overlap it.
    std::vector<Listener> ending;
    for (const Listening::Own& own : former_) ending.push_back(own.listener);
    for (Place& place : places_) {
      if (place.listener) continue;
      Result<Listener> opened = Listener::open(*place.address, place.name, ending);
      if (opened) {
        place.listener = *std::move(opened);
      } else {
        refuse(place, opened.error());
      }
    }
  }

  void refuse(const Place& place, Error error) {
    refusal_.errors.push_back(fmt::format("listener `{}` cannot listen at {}: {}; {}", place.name,
                                          place.address->to_string(), std::make_error_code(error).message(),
                                          remedy(error, *place.address)));
  }

  const std::span<const Listener> passed_;
  std::vector<Listening::Own> former_;  // those that no place has taken
  std::vector<Place> places_;
  Refusal refusal_;  // another start would find the same: the configuration is wrong for this machine
};

}  // namespace

std::expected<Listening, Refusal> listen_for(std::span<const ListenerConfig> listeners,
                                             std::span<const Listener> passed, const Listening& former) {
  std::vector<ListenerPlan> plans;
  for (const ListenerConfig& listener : listeners) plans.push_back({listener.name, listener.addresses});
  std::vector<std::string> names;
  for (const Listener& listener : passed) names.push_back(listener.name());
  const auto wanted = match_sockets(names, plans);
  if (!wanted) return std::unexpected(Refusal{ExitStatus::wrong_config, wanted.error()});
  return Opening(passed, former).open(*wanted);
}

}  // namespace webserv::app
