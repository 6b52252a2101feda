#include "app/text/json.h"

#include "webserv/base/log_text.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

void JsonWriter::begin(char opening) {
  next();
  text_.push_back(opening);
  ++depth_;
  empty_ = true;
}

void JsonWriter::end(char closing) {
  --depth_;
  if (!empty_) new_line();
  text_.push_back(closing);
  empty_ = false;
}

void JsonWriter::key(std::string_view name) {
  value(name);
  text_.append(": ");
  has_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  next();
  text_.push_back('"');
  log_text::append_json(text_, text);
  text_.push_back('"');
}

void JsonWriter::value(uint64_t number) {
  next();
  append_decimal(text_, number);
}

void JsonWriter::literal(std::string_view json) {
  next();
  text_.append(json);
}

// Goes to where the next value stands.
void JsonWriter::next() {
  if (std::exchange(has_key_, false) || depth_ == 0) return;
  if (!empty_) text_.push_back(',');
  empty_ = false;
  new_line();
}

void JsonWriter::new_line() {
  text_.push_back('\n');
  text_.append(2 * depth_, ' ');
}

}  // namespace webserv::app
