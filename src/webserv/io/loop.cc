#include "webserv/io/loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <system_error>

namespace webserv {

using namespace detail;

namespace {

constexpr size_t events_per_turn = 256;

Fd must(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::system_category(), what);
  return Fd(fd);
}

}  // namespace

void Leftover::done() { loop_.defer(*this); }

void Leftover::run() { loop_.drop(*this); }

Loop::Loop(Clock& clock)
    : clock_(clock),
      now_(clock.now()),
      unix_seconds_(clock.unix_seconds()),
      wheel_(now_),
      epoll_(must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(must(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {
  // Edge-triggered, so that the counter never has to be read.
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) < 0) {
    throw std::system_error(errno, std::system_category(), "epoll_ctl");
  }
}

Loop::~Loop() {
  while (!leftovers_.empty()) drop(*leftovers_.back());
  drop_posted();
  if (of_thread_ == this) of_thread_ = nullptr;
}

void Loop::run() {
  own();
  while (!stopped_.load(std::memory_order_acquire)) turn_once(std::nullopt);
  // Who waits for the thread's end has all of it from then on.
  turner_ = {};
}

void Loop::stop() {
  stopped_.store(true, std::memory_order_release);
  wake();
}

void Loop::post(std::unique_ptr<Posted> made) noexcept {
  Posted* posted = made.release();
  posted->next = inbox_.load(std::memory_order_relaxed);
  while (!inbox_.compare_exchange_weak(posted->next, posted, std::memory_order_seq_cst, std::memory_order_relaxed)) {
  }
  // Pairs with turn(): either we see that it sleeps, or it sees our job before it does.
  if (asleep_.load(std::memory_order_seq_cst)) wake();
}

void Loop::wake() {
  uint64_t one = 1;
  // Fails only where the counter is full, and then the loop is awake already.
  [[maybe_unused]] ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

Result<> Loop::watch(int fd, uint32_t events, Watcher& watcher) {
  assert_here();
  epoll_event event{.events = events, .data = {.ptr = &watcher}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) < 0) return last_error();
  return {};
}

void Loop::unwatch(int fd) {
  assert_here();
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

int Loop::sleep_milliseconds(std::optional<Clock::duration> longest) const {
  if (!deferred_.empty()) return 0;
  std::optional<Clock::duration> wait = wheel_.until_next(now_);
  if (longest && (!wait || *longest < *wait)) wait = longest;
  if (!wait) return -1;
  constexpr int64_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::min<int64_t>(wait->count(), most));
}

// This thread is the loop's from here on.
void Loop::own() {
  if (turner_ == std::thread::id()) turner_ = std::this_thread::get_id();
  assert_here();
  of_thread_ = this;
}

void Loop::turn(std::optional<Clock::duration> longest) {
  own();
  turn_once(longest);
}

void Loop::turn_once(std::optional<Clock::duration> longest) {
  std::array<epoll_event, events_per_turn> events;
  int timeout = sleep_milliseconds(longest);
  if (timeout != 0) {
    asleep_.store(true, std::memory_order_seq_cst);
    bool anything = inbox_.load(std::memory_order_seq_cst) != nullptr || stopped_.load(std::memory_order_acquire);
    if (anything) timeout = 0;
  }
  int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
  asleep_.store(false, std::memory_order_relaxed);
  now_ = clock_.now();
  unix_seconds_ = clock_.unix_seconds();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    if (auto* watcher = static_cast<Watcher*>(event.data.ptr)) watcher->ready(event.events);
  }
  run_posted();
  wheel_.advance(now_);
  run_deferred();
}

void Loop::run_posted() {
  if (inbox_.load(std::memory_order_relaxed) == nullptr) return;
  Posted* newest_first = inbox_.exchange(nullptr, std::memory_order_acquire);
  Posted* in_order = nullptr;
  while (newest_first != nullptr) {
    Posted* next = std::exchange(newest_first->next, in_order);
    in_order = std::exchange(newest_first, next);
  }
  while (in_order != nullptr) {
    Posted* posted = std::exchange(in_order, in_order->next);
    posted->job();
    delete posted;
  }
}

void Loop::run_deferred() {
  if (deferred_.empty()) return;
  List<Deferred> now;
  now.take_all(deferred_);
  while (!now.empty()) {
    Deferred& what = now.front();
    what.unlink();
    what.run();
  }
}

// Its destructor may leave something else.
void Loop::drop(Leftover& what) {
  auto found = std::ranges::find(leftovers_, &what, &std::unique_ptr<Leftover>::get);
  std::unique_ptr<Leftover> dropped = std::move(*found);
  leftovers_.erase(found);
}

void Loop::drop_posted() {
  for (Posted* posted = inbox_.exchange(nullptr); posted != nullptr;) delete std::exchange(posted, posted->next);
}

}  // namespace webserv
