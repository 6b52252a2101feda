// Connection: what is known of one connection, whatever protocol it speaks.
#pragma once

#include <cstdint>

#include "webserv/base/peer.h"
#include "webserv/io/loop.h"
#include "webserv/io/stream.h"
#include "webserv/server/listener_info.h"

namespace webserv::detail {

struct WorkerContext;

// It is deferred when it is over; whoever owns it destroys it then.
class Connection : public Deferred {
 public:
  // Who has made it: a client, or a proxy that may say who the client is.
  enum class Maker : uint8_t { client, proxy };

  Connection(WorkerContext& worker, Stream& stream, const Peer& peer, const ListenerInfo& listener,
             Maker maker = Maker::client, uint32_t own = 0)
      : worker_(worker),
        stream_(&stream),
        listener_(listener),
        peer_(peer),
        own_(own & most_own),
        by_proxy_(maker == Maker::proxy),
        secure_(listener.secure) {}

  WorkerContext& worker() const { return worker_; }
  // Over which the protocol speaks.
  Stream& stream() const { return *stream_; }
  // Who is at the other end: whom its prologue has named, else whoever has connected.
  const Peer& peer() const { return peer_; }
  const ListenerInfo& listener() const { return listener_; }
  // Whether it was made by a trusted proxy, which keeps connections for longer than clients do.
  bool by_proxy() const { return by_proxy_ != 0; }
  // Whether the client speaks TLS, to us or to a proxy in front.
  bool secure() const { return secure_ != 0; }

  // For a prologue: `stream` is over the one of before, and lives as long as the connection.
  void use(Stream& stream) { stream_ = &stream; }
  // Likewise: its client is another than who has connected. False: it can have no connection, not even to be told so.
  virtual bool name_client(const Peer& client) {
    peer_ = client;
    return true;
  }
  void set_secure() { secure_ = 1; }

 protected:
  // For whoever is derived: there are many of them, and each byte counts.
  static constexpr unsigned own_bits = 30;
  uint32_t own() const { return own_; }
  void set_own(uint32_t value) { own_ = value & most_own; }
  void set_peer(const Peer& peer) { peer_ = peer; }

 private:
  WorkerContext& worker_;
  Stream* stream_;
  const ListenerInfo& listener_;
  static constexpr uint32_t most_own = (1u << own_bits) - 1;

  Peer peer_;
  uint32_t own_ : own_bits;
  const uint32_t by_proxy_ : 1;
  uint32_t secure_ : 1;
};

}  // namespace webserv::detail
