// Whatever stands in fields of forwarding: what a client has sent does not change what a trusted proxy adds behind it.
// Lines of the input are fields; the first byte of each says which.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/http/forwarding.h"

namespace {

using namespace webserv;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr std::string_view names[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "Accept"};

void add(Fields& fields, std::string_view name, std::string_view value) { fields.add({name, value, field_name(name)}); }

Fields fields_of(std::string_view input) {
  Fields fields;
  while (!input.empty()) {
    const size_t end = std::min(input.find('\n'), input.size());
    std::string_view line = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    if (line.empty()) continue;
    const std::string_view name = names[static_cast<unsigned char>(line.front()) % std::size(names)];
    add(fields, name, line.substr(1));
  }
  return fields;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const TrustedProxies trusted{.networks = {*parse_prefix("10.0.0.0/8")}, .unix_sockets = false};
  const Peer peer = *parse_ip_address("10.0.0.1");
  const Peer client = *parse_ip_address("192.0.2.7");
  const Fields fields = fields_of(input);

  const Forwarding told = read_forwarding(fields, peer, trusted);
  // Nobody is named by a unix socket of a proxy's, as none is trusted here, unless a proxy says so.
  require((told.source == Forwarding::Source::none) == !fields.has(FieldName::forwarding));
  for (const Field& field : keep_forwarding(fields, Forwarding::Source::none)) {
    require(field.known != FieldName::forwarding);
  }
  require(read_forwarding(keep_forwarding(fields, told.source), peer, trusted) == told);

  // A proxy adds a line, or adds to the last one.
  Fields with_line = fields;
  add(with_line, "X-Forwarded-For", "192.0.2.7");
  require(read_forwarding(with_line, peer, trusted).client == client);
  Fields forwarded = keep_forwarding(fields, Forwarding::Source::forwarded);
  add(forwarded, "Forwarded", "for=192.0.2.7;proto=https");
  const Forwarding by_line = read_forwarding(forwarded, peer, trusted);
  require(by_line.client == client && by_line.scheme == Forwarding::Scheme::https);

  const std::string in_list = std::string(input) + ", for=\"192.0.2.7:80\";host=\"a,b\"";
  Fields joined;
  add(joined, "Forwarded", in_list);
  require(read_forwarding(joined, peer, trusted).client.address == client.address);
  const std::string in_x_list = std::string(input) + ", 192.0.2.7";
  Fields x_joined;
  add(x_joined, "X-Forwarded-For", in_x_list);
  require(read_forwarding(x_joined, peer, trusted).client == client);
  return 0;
}
