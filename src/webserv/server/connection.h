// Connection: what is known of one connection, whatever protocol it speaks.
#pragma once

#include "webserv/io/loop.h"
#include "webserv/io/stream.h"
#include "webserv/server/listener_info.h"
#include "webserv/base/peer.h"

namespace webserv::detail {

struct WorkerContext;

// It is deferred when it is over; whoever owns it destroys it then.
class Connection : public Deferred {
 public:
  Connection(WorkerContext& worker, Stream& stream, const Peer& peer, const ListenerInfo& listener)
      : worker_(worker), stream_(&stream), listener_(listener), peer_(peer) {}

  WorkerContext& worker() const { return worker_; }
  // Over which the protocol speaks.
  Stream& stream() const { return *stream_; }
  const Peer& peer() const { return peer_; }
  const ListenerInfo& listener() const { return listener_; }

  // For a prologue: `stream` is over the one of before, and lives as long as the connection.
  void use(Stream& stream) { stream_ = &stream; }

 private:
  WorkerContext& worker_;
  Stream* stream_;
  const ListenerInfo& listener_;
  const Peer peer_;
};

}  // namespace webserv::detail
