// How many connections each client has, over all workers.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "webserv/base/peer.h"

namespace webserv::detail {

class ClientCounts {
 public:
  // Counts one more; false where the client has `limit` already (then it is not counted). An address of IPv4 is a
  // client, and so is a network of IPv6 with 64 bits: most hosts have all of its addresses (RFC 7421). Those of unix
  // sockets have no address and no limit.
  bool enter(const Peer& peer, uint64_t limit) {
    if (peer.family == Peer::Family::unix_socket) return true;
    Shard& shard = shard_of(peer);
    std::lock_guard lock(shard.mutex);
    uint64_t& count = shard.counts[client_of(peer)];
    if (count >= limit) return false;
    ++count;
    return true;
  }

  // Takes back one that was counted.
  void leave(const Peer& peer) {
    if (peer.family == Peer::Family::unix_socket) return;
    Shard& shard = shard_of(peer);
    std::lock_guard lock(shard.mutex);
    auto found = shard.counts.find(client_of(peer));
    if (found != shard.counts.end() && --found->second == 0) shard.counts.erase(found);
  }

 private:
  using Bytes = std::array<uint8_t, 16>;
  struct Hash {
    size_t operator()(const Bytes& bytes) const {
      std::array<uint64_t, 2> halves;
      std::memcpy(halves.data(), bytes.data(), sizeof halves);
      // Multiplication by an odd constant spreads the low bits, which differ most, over the high ones.
      uint64_t mixed = (halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15)) * 0xff51afd7ed558ccd;
      return static_cast<size_t>(mixed ^ (mixed >> 32));
    }
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<Bytes, uint64_t, Hash> counts;
  };
  static Bytes client_of(const Peer& peer) {
    constexpr size_t network_bytes = 8;
    Bytes client = peer.address;
    if (peer.family == Peer::Family::ipv6) std::fill(client.begin() + network_bytes, client.end(), uint8_t{0});
    return client;
  }
  Shard& shard_of(const Peer& peer) { return shards_[Hash()(client_of(peer)) % shards_.size()]; }

  std::array<Shard, 16> shards_;
};

}  // namespace webserv::detail
