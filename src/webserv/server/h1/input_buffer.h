// The bytes that came and are not dealt with yet. Views into it stay valid until they are moved, which nothing
// but make_room() and reserve() do.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace webserv::detail {

class InputBuffer {
 public:
  explicit InputBuffer(size_t capacity) : bytes_(new char[capacity]), capacity_(capacity) {}

  std::string_view unread() const { return {bytes_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(size_t count) { begin_ += count; }

  std::span<char> room() { return {bytes_.get() + end_, capacity_ - end_}; }
  void added(size_t count) { end_ += count; }

  // Consumes a head and holds it: its bytes stay where they are while what follows is read, until release().
  void hold(size_t head_size) {
    begin_ += head_size;
    floor_ = begin_;
  }
  void release() {
    floor_ = 0;
    if (empty()) begin_ = end_ = 0;
  }
  // Whether less than `room` would be left behind a head of this size that begins here.
  bool crowded(size_t head_size, size_t room) const { return begin_ + head_size + room > capacity_; }

  // Moves the unread bytes down, as far as nothing is held there. Returns whether they moved.
  bool make_room() {
    if (begin_ == floor_) return false;
    std::memmove(bytes_.get() + floor_, bytes_.get() + begin_, end_ - begin_);
    end_ -= begin_ - floor_;
    begin_ = floor_;
    return true;
  }

  // Has room for so many bytes from now on. What is unread may move; nothing is held.
  void reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    std::unique_ptr<char[]> bytes(new char[capacity]);
    std::memcpy(bytes.get(), bytes_.get() + begin_, end_ - begin_);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
    end_ -= std::exchange(begin_, 0);
  }

  void clear() { begin_ = end_ = floor_ = 0; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t capacity_;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t floor_ = 0;
};

}  // namespace webserv::detail
