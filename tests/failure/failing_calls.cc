#include "failure/failing_calls.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <new>

namespace webserv::detail::test {

namespace {

std::atomic<int> accept_error;
std::atomic<unsigned> accepts_to_fail;
std::atomic<unsigned> accepts_failed;

std::atomic<int> watch_error;
std::atomic<mode_t> watch_type;
std::atomic<unsigned> watches_failed;

std::atomic<bool> allocations_counted;
std::atomic<bool> later_ones_too;
std::atomic<long> allocations_left;
thread_local bool is_spared;

bool accept_fails() {
  unsigned left = accepts_to_fail;
  while (left != 0 && left != FailingAccepts::always && !accepts_to_fail.compare_exchange_weak(left, left - 1)) {
  }
  if (left == 0) return false;
  ++accepts_failed;
  errno = accept_error;
  return true;
}

bool watch_fails(int operation, int fd) {
  struct stat status {};
  if (watch_error == 0 || operation != EPOLL_CTL_ADD || ::fstat(fd, &status) != 0) return false;
  if ((status.st_mode & S_IFMT) != watch_type) return false;
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0) return false;
  ++watches_failed;
  errno = watch_error;
  return true;
}

bool allocation_fails() {
  if (!allocations_counted || is_spared) return false;
  const long left = allocations_left.fetch_sub(1);
  return left == 0 || (left < 0 && later_ones_too);
}

}  // namespace

FailingAccepts::FailingAccepts(int error, unsigned times) {
  accepts_failed = 0;
  accept_error = error;
  accepts_to_fail = times;
}
FailingAccepts::~FailingAccepts() { accepts_to_fail = 0; }
unsigned FailingAccepts::failed() const { return accepts_failed; }

FailingWatches::FailingWatches(mode_t type, int error) {
  watches_failed = 0;
  watch_type = type;
  watch_error = error;
}
FailingWatches::~FailingWatches() { watch_error = 0; }
unsigned FailingWatches::failed() const { return watches_failed; }

FailingAllocation::FailingAllocation(long behind, Which which) {
  is_spared = true;
  allocations_left = behind;
  later_ones_too = which == Which::all_later;
  allocations_counted = true;
}
FailingAllocation::~FailingAllocation() { allocations_counted = false; }
bool FailingAllocation::failed() const { return allocations_left < 0; }

}  // namespace webserv::detail::test

extern "C" int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  if (webserv::detail::test::accept_fails()) return -1;
  return static_cast<int>(::syscall(SYS_accept4, fd, address, size, flags));
}

extern "C" int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  if (webserv::detail::test::watch_fails(operation, fd)) return -1;
  return static_cast<int>(::syscall(SYS_epoll_ctl, epoll, operation, fd, event));
}

void* operator new(size_t size) {
  void* memory = webserv::detail::test::allocation_fails() ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
