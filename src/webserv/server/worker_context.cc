#include "webserv/server/worker_context.h"

#include <utility>

#include "webserv/server/h1/h1_shared.h"

namespace webserv::detail {

WorkerContext::WorkerContext(Loop& loop_, unsigned index_, std::shared_ptr<const Application> application_,
                             const ServerLog& log)
    : loop(loop_),
      index(index_),
      application(std::move(application_)),
      events(log.events),
      request_log(loop_, log.access),
      h1(std::make_unique<H1Shared>(*this)) {
  log_requests(log.format);
}

WorkerContext::~WorkerContext() = default;

void WorkerContext::replace(std::shared_ptr<const Application> next) {
  std::swap(application, next);
  release();
}

void WorkerContext::release() { h1->exchanges.drop_free(); }

void WorkerContext::log_requests(AccessFormat format) {
  request_log.use(format);
  std::erase(observers, &request_log);
  if (request_log.on()) observers.push_back(&request_log);
}

}  // namespace webserv::detail
