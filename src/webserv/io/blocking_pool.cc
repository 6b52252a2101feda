#include "webserv/io/blocking_pool.h"

#include <pthread.h>
#include <signal.h>

#include <system_error>
#include <utility>

namespace webserv {

namespace {

constexpr size_t longest_thread_name = 15;

}  // namespace

BlockingPool::BlockingPool(unsigned threads, size_t longest_queue, std::string name)
    : most_threads_(threads), longest_queue_(longest_queue), name_(name.substr(0, longest_thread_name)) {}

BlockingPool::~BlockingPool() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool BlockingPool::submit(Job job) {
  if (most_threads_ == 0) {
    job();
    return true;
  }
  {
    std::lock_guard lock(mutex_);
    if (queue_.size() >= longest_queue_) return false;
    if (idle_ <= queue_.size() && threads_.size() < most_threads_) {
      try {
        threads_.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        // Those that are there will do it, if there are any.
        if (threads_.empty()) return false;
      }
    }
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void BlockingPool::work() {
  // Signals are for the threads that wait for them.
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  ::pthread_setname_np(::pthread_self(), name_.c_str());
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    --idle_;
    if (ending_) return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds goes without the lock
    lock.lock();
  }
}

}  // namespace webserv
