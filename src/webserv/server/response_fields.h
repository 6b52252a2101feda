// The fields of a response.
#pragma once

#include <string>
#include <string_view>

namespace webserv {

// As they will be sent, "Name: value\r\n" each. Date, Connection, Content-Length and Transfer-Encoding are the
// connection's business and never stand here.
class ResponseFields {
 public:
  // Adds one more of that name. `name` is a token and `value` has no control bytes (is_field_value); a field that
  // breaks this is left out, so that no handler can be made to split a response. So is one that says how the message is
  // framed or when it was made: a Producer says its length in a member of its own.
  void add(std::string_view name, std::string_view value);
  // The only one of that name from now on.
  void set(std::string_view name, std::string_view value);
  // Makes one list of all of that name, and of `list`; what is there already, compared without case, is not added.
  void join(std::string_view name, std::string_view list);
  void remove(std::string_view name);
  // All of `others`, in place of those here that have a name of theirs.
  void override_with(const ResponseFields& others);
  // The first value of that name, compared without case; "" where there is none. A view into this object.
  std::string_view value(std::string_view name) const;
  bool has(std::string_view name) const;

  const std::string& lines() const { return lines_; }

  // Whether fields of that name are the connection's business (RFC 9112 6, 9.6; RFC 9110 6.6.1).
  static bool is_of_connection(std::string_view name);

 private:
  size_t find(std::string_view name, size_t from = 0) const;
  std::string lines_;
};

}  // namespace webserv
