// Threads for what would block a loop: a look at a slow disk, a long calculation. blocking.h has what handlers use.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace webserv {

// From any thread. Its threads begin when there is something to do for them, and end with it.
class BlockingPool {
 public:
  using Job = std::move_only_function<void()>;

  // As many jobs run at once as there are threads, and up to `longest_queue` wait. Without threads a job runs in
  // submit(), for programs that do one thing at a time. `name` is what the kernel shows of the threads (15 bytes).
  explicit BlockingPool(unsigned threads, size_t longest_queue = 1024, std::string name = "blocking");
  // Waits for the jobs that run; those that wait are dropped.
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;

  // False, and the job is dropped: too many wait already, or no thread can be made. A job throws nothing.
  bool submit(Job job);

 private:
  void work();

  const unsigned most_threads_;
  const size_t longest_queue_;
  const std::string name_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;  // threads that wait for a job
  bool ending_ = false;
};

}  // namespace webserv
