// What is done to every response of a host or a route on its way out.
#pragma once

#include "webserv/io/task.h"
#include "webserv/server/response.h"

namespace webserv {

// Called at once from every worker; lives as long as the application that it belongs to.
class Finisher {
 public:
  // Puts a page in the place of an error's body, where there is one, and the fields that every response gets. False,
  // and nothing is changed: something has to be read first.
  virtual bool finish(Response& response) const = 0;
  // Waits until finish() can do all. `response` lives until then.
  virtual Task<> get_ready(const Response& response) const = 0;

 protected:
  ~Finisher() = default;
};

}  // namespace webserv
