// Request methods (RFC 9110 9, RFC 5789) and sets of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace webserv {

enum class Method : uint8_t { get, head, post, put, delete_, options, patch, trace, connect, unknown };

// The method of that name; names are case-sensitive. `unknown` where the server does not know it (501).
Method parse_method(std::string_view name);

std::string_view name_of(Method method);

// A set of methods, as a value.
class MethodSet {
 public:
  constexpr MethodSet() = default;
  constexpr MethodSet(std::initializer_list<Method> methods) {
    for (Method method : methods) insert(method);
  }
  constexpr void insert(Method method) { bits_ = static_cast<uint16_t>(bits_ | bit(method)); }
  constexpr bool contains(Method method) const { return (bits_ & bit(method)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const MethodSet&) const = default;
  friend constexpr MethodSet operator|(MethodSet a, MethodSet b) { return of(a.bits_ | b.bits_); }
  friend constexpr MethodSet operator&(MethodSet a, MethodSet b) { return of(a.bits_ & b.bits_); }

 private:
  static constexpr MethodSet of(int bits) {
    MethodSet set;
    set.bits_ = static_cast<uint16_t>(bits);
    return set;
  }
  static constexpr unsigned bit(Method method) { return 1u << static_cast<unsigned>(method); }
  uint16_t bits_ = 0;
};

// The value of an Allow field: "GET, HEAD, OPTIONS".
std::string allow_value(MethodSet methods);

}  // namespace webserv
