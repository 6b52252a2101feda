// How a response goes out over HTTP/1: small ones are gathered in the exchange, large bodies are sent from where they
// lie.
#pragma once

#include <cstdint>
#include <string_view>

#include "webserv/io/stream.h"
#include "webserv/server/h1/exchange.h"
#include "webserv/server/response.h"

namespace webserv {

// Whether a Producer's body goes out in chunks; else it ends with the connection or has a length of its own.
bool is_chunked(const Response& response, const MessageShape& shape);

// Whether the end of the body can only be told by closing the connection (RFC 9112 6.3).
bool ends_with_connection(const Response& response, const MessageShape& shape);

// The bytes of a body that is in memory; none of any other.
std::string_view bytes_of(const BodySource& body);

// Appends the head to x.out, and the body too where it is small.
// True: nothing else has to be sent. False: the body has to be sent by send_body().
bool gather_response(Exchange& x, const Response& response, const MessageShape& shape);

// Sends what is gathered and then the body; its end may be left in x.out. `sent` counts the body's bytes. An error
// means that the client did not get the body whole and the connection is to be reset.
Task<Result<>> send_body(Stream& client, Exchange& x, const Response& response, bool chunked, uint64_t& sent);

}  // namespace webserv
