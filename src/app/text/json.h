// Writes JSON (RFC 8259) for people and programs: indented, in the order of the calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace webserv::app {

class JsonWriter {
 public:
  // What `write` writes are the members, or the elements.
  template <class Write>
  void object(Write write) {
    begin('{');
    write();
    end('}');
  }
  template <class Write>
  void array(Write write) {
    begin('[');
    write();
    end(']');
  }
  template <class Write>
  void object(std::string_view name, Write write) {
    key(name);
    object(write);
  }
  template <class Write>
  void array(std::string_view name, Write write) {
    key(name);
    array(write);
  }

  // The name of the member that the next value is.
  void key(std::string_view name);

  // A byte that is no UTF-8 becomes U+FFFD.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(uint64_t number);
  void value(bool truth) { literal(truth ? "true" : "false"); }
  // A text that is a JSON value already.
  void literal(std::string_view json);

  template <class Value>
  void member(std::string_view name, const Value& of_it) {
    key(name);
    value(of_it);
  }

  // The whole text, with a newline at its end.
  std::string take() && { return std::move(text_) + '\n'; }

 private:
  void begin(char opening);
  void end(char closing);
  void next();
  void new_line();

  std::string text_;
  size_t depth_ = 0;
  bool empty_ = true;  // nothing stands yet in what is open
  bool has_key_ = false;
};

}  // namespace webserv::app
