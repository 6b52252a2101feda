// A list of strings as execve(2) takes its arguments and its environment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webserv::detail {

class CStrings {
 public:
  // A NUL within would end the string early: who adds has seen to it that there is none.
  void add(std::string_view text) {
    begins_.push_back(bytes_.size());
    bytes_.append(text).push_back('\0');
  }
  // "NAME=value".
  void add(std::string_view name, std::string_view value) {
    begins_.push_back(bytes_.size());
    bytes_.append(name).append("=").append(value).push_back('\0');
  }

  size_t size() const { return begins_.size(); }

  // The strings, and a null pointer behind the last; valid until the next add().
  const char* const* data() {
    pointers_.clear();
    for (size_t begin : begins_) pointers_.push_back(bytes_.data() + begin);
    pointers_.push_back(nullptr);
    return pointers_.data();
  }

 private:
  std::string bytes_;
  std::vector<size_t> begins_;
  std::vector<const char*> pointers_;
};

}  // namespace webserv::detail
