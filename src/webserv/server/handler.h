// Handler: a closure from Request to Response, at once or as a task, type-erased. Called at once from every worker: it
// is const, and what it shares it shares safely.
#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "webserv/io/task.h"
#include "webserv/server/request.h"
#include "webserv/server/response.h"

namespace webserv {

// A response, or a task that will have it.
using Answer = std::variant<Response, Task<Response>>;

class Handler {
 public:
  Handler() = default;

  // From Response(Request&), Task<Response>(Request&) or Answer(Request&). A lambda that is a coroutine lives as long
  // as its Handler; its captures may be used after the first co_await.
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Handler> && std::is_invocable_v<const F&, Request&>)
      Handler(F closure)
      : closure_([closure = std::move(closure)](Request& request) -> Answer { return Answer(closure(request)); }) {}

  Answer operator()(Request& request) const { return closure_(request); }
  explicit operator bool() const { return static_cast<bool>(closure_); }

 private:
  std::function<Answer(Request&)> closure_;
};

using Middleware = std::function<Handler(Handler next)>;

}  // namespace webserv
