#include "webserv/server/h1/exchange.h"

namespace webserv::detail {

void Exchange::update() {
  run.update();
  const HeadLimits& limits = run.application().limits.head;
  parser = RequestParser(limits);
  in.reserve(limits.head_size + body_room);
}

Peer H1Link::local() const {
  sockaddr_storage address{};
  return connection_->stream().local_address(address) ? peer_of(address) : Peer();
}

void H1Link::cut() { connection_->stream().fail(Error::operation_canceled); }

// What is gone answers to the probe with a reset; what has only ended its side takes it for what it is.
Task<> H1Link::client_gone() {
  Stream& client = connection_->stream();
  PeerEnd end = co_await client.peer_ended(PeerEnd::half);
  if (end == PeerEnd::whole) co_return;
  // A unix socket tells a half from a whole end by itself.
  if (connection_->peer().family != Peer::Family::unix_socket) probe();
  co_await client.peer_ended(PeerEnd::whole);
}

void H1Link::probe() {
  std::string_view bytes;
  if (x_.probe == Probe::interim) bytes = "HTTP/1.1 100 Continue\r\n\r\n";
  if (x_.probe == Probe::leading_zero) bytes = "0";
  // What is gathered comes first, and asks as well when it is sent.
  if (bytes.empty() || !x_.out.empty()) return;
  size_t sent = connection_->stream().write_now(bytes);
  if (sent > 0) x_.out.append(bytes.substr(sent));
}

}  // namespace webserv::detail
