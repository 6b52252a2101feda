// What may be wrong with a run of a program, as the log says it.
#pragma once

#include <string_view>

#include "webserv/http/status.h"

namespace webserv::detail::cgi_failures {

constexpr std::string_view ended_by_signal = "the program was ended by a signal before its answer was whole";
constexpr std::string_view took_memory = "the program has used up the memory that it may take";
constexpr std::string_view too_long = "the program has not ended within its time";
constexpr std::string_view no_pipe =
    "the system does not let the server wait for the program's pipes: memory, or the user's share of epoll's "
    "(fs.epoll.max_user_watches), is used up";
constexpr std::string_view too_much = "the program has written more than it may";
constexpr std::string_view too_little = "the program has written less than its Content-Length says";
constexpr std::string_view excess = "the program has written more than its Content-Length says; the rest is left out";
constexpr std::string_view no_message =
    "the program's name begins with nph-, but its output does not begin with a status line such as HTTP/1.1 200 OK";
constexpr std::string_view no_such_file = "X-Sendfile names no file beneath the folders that the route allows for it";
constexpr std::string_view cannot_start = "the program cannot be started";
constexpr std::string_view sandbox_may_be_why =
    "a permission was denied, perhaps by the sandbox of the route: its key `sandbox` names what programs may reach";
constexpr std::string_view queue_is_full =
    "too many programs of this route run, and too many requests wait for one to end";
constexpr std::string_view no_turn = "too many programs of this route run, and none has ended in time";

constexpr HttpError gone{Status::request_timeout, "the client has gone before the answer"};

}  // namespace webserv::detail::cgi_failures
