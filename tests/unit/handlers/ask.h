// Asks a handler through a connection, as a client would, and takes the answer apart.
#pragma once

#include <string>
#include <string_view>

#include "support/conversation.h"
#include "webserv/base/text.h"
#include "webserv/server/handler.h"

namespace webserv::detail::test {

struct Reply {
  int status = 0;
  std::string head;  // the status line and the fields, with the empty line
  std::string body;

  // The first value of the field; "(none)" where there is none.
  std::string field(std::string_view name) const {
    for (size_t at = head.find("\r\n") + 2; at + 2 < head.size(); at = head.find("\r\n", at) + 2) {
      std::string_view line = std::string_view(head).substr(at, head.find("\r\n", at) - at);
      size_t colon = line.find(':');
      if (equals_ignoring_case(line.substr(0, colon), name)) return std::string(trim(line.substr(colon + 1)));
    }
    return "(none)";
  }
};

inline Reply take_apart(const std::string& bytes) {
  Reply reply;
  size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return reply;
  reply.head = bytes.substr(0, end + 4);
  reply.body = bytes.substr(end + 4);
  reply.status = std::stoi(reply.head.substr(9, 3));
  return reply;
}

// `request` is the request line without its version: "GET /x". `fields` are lines, each with its CRLF.
inline Reply ask(const Handler& handler, std::string_view request, std::string_view fields = "Host: a.test\r\n",
                 std::string_view body = {}) {
  std::string bytes(request);
  bytes.append(" HTTP/1.1\r\n").append(fields).append("\r\n").append(body);
  Conversation conversation(handler);
  return take_apart(conversation.all_at_once(bytes));
}

}  // namespace webserv::detail::test
