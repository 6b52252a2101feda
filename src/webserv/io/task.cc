#include "webserv/io/task.h"

#include <cstdio>
#include <cstdlib>

namespace webserv {

using namespace detail;

constinit thread_local std::array<FramePool::Node*, FramePool::classes> FramePool::free_{};

#ifdef WEBSERV_SANITIZED

void* FramePool::take(size_t size) { return ::operator new(size); }
void FramePool::give(void* frame, size_t size) noexcept { ::operator delete(frame, size); }
void FramePool::release() noexcept {}

#else

void* FramePool::take(size_t size) {
  size_t index = class_of(size);
  if (index >= classes) return ::operator new(size);
  Node*& head = free_[index];
  if (head == nullptr) return ::operator new(size_of(index));
  return std::exchange(head, head->next);
}

void FramePool::touched(void*) {
  std::fputs("webserv: a coroutine is resumed or destroyed whose frame is gone\n", stderr);
  std::abort();
}

void FramePool::give(void* frame, size_t size) noexcept {
  size_t index = class_of(size);
  if (index >= classes) return ::operator delete(frame);
  free_[index] = ::new (frame) Node{touched, touched, free_[index]};
}

void FramePool::release() noexcept {
  for (Node*& head : free_) {
    while (head != nullptr) ::operator delete(std::exchange(head, head->next));
  }
}

#endif

}  // namespace webserv
