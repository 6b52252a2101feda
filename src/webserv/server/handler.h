// Handler: a closure from Request to Response, at once or as a task, type-erased. Called at once from every worker: it
// is const, and what it shares it shares safely.
#pragma once

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

// Copies share the closure, which itself need only be movable.
class Handler {
 public:
  Handler() = default;

  // From Response(Request&), Task<Response>(Request&) or Answer(Request&). A lambda that is a coroutine lives as long
  // as its Handler; its captures may be used after the first co_await.
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Handler> && std::is_invocable_v<const F&, Request&>)
      Handler(F closure)
      : closure_(std::make_shared<const Of<F>>(std::move(closure))) {}

  Answer operator()(Request& request) const { return closure_->answer(request); }
  explicit operator bool() const { return closure_ != nullptr; }

 private:
  struct Closure {
    virtual ~Closure() = default;
    virtual Answer answer(Request& request) const = 0;
  };
  template <class F>
  struct Of final : Closure {
    explicit Of(F of) : closure(std::move(of)) {}
    Answer answer(Request& request) const override { return Answer(closure(request)); }
    F closure;
  };

  std::shared_ptr<const Closure> closure_;
};

}  // namespace webserv
