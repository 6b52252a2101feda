// A server of one worker, whose listener may have a prologue.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "support/server_client.h"
#include "webserv/server/worker.h"

namespace webserv::detail::test {

class SingleWorker {
 public:
  SingleWorker(ListenerInfo info, Handler handler, Limits limits = {}, const ServerLog& log = {})
      : info_{.name = std::move(info.name), .secure = info.secure, .prologue = std::move(info.prologue)},
        application_{std::move(handler), {}, limits} {
    group_.log = log.events;
    group_.workers.push_back(
        std::make_unique<Worker>(0, group_, std::make_shared<const Application>(application_), clock_, log));
    group_.accepting = 1;
    worker().listen(worker().acceptors_for({{listener_, &info_}}));
    worker().start();
  }
  SingleWorker(const SingleWorker&) = delete;
  ~SingleWorker() {
    worker().stop();
    worker().join();
  }

  Worker& worker() { return *group_.workers.front(); }
  std::string address() const { return listener_.address(); }
  uint64_t connections() const { return group_.connections; }

 private:
  const ListenerInfo info_;
  const Application application_;
  const Listener listener_ = any_port();
  SystemClock clock_;
  WorkerGroup group_;
};

}  // namespace webserv::detail::test
