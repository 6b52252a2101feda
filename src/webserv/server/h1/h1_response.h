// How a response goes out over HTTP/1: small ones are gathered in the exchange, large bodies are sent from where they
// lie.
#pragma once

#include <cstdint>

#include "webserv/io/stream.h"
#include "webserv/server/h1/exchange.h"
#include "webserv/server/response.h"

namespace webserv::detail {

// What of a response is gathered in the exchange.
enum class Gathered : uint8_t { all, head };

// Whether the end of the body can only be told by closing the connection (RFC 9112 6.3).
bool ends_with_connection(const Response& response, Protocol protocol);

// Appends the head to x.out, as x.shape says, and the body too where it is small. Gathered::head: send_body() is to
// follow.
Gathered gather_response(Exchange& x, const Response& response);

// What became of a body: its bytes that went out and, where the client did not get it whole, an error, after which the
// connection is to be reset.
struct SentBody {
  uint64_t bytes = 0;
  Result<> outcome{};
};

// Sends what is gathered and then the body; its end may be left in x.out.
Task<SentBody> send_body(Stream& client, Exchange& x, const Response& response);

}  // namespace webserv::detail
