#include "app/explain/explained_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/text/place.h"
#include "webserv/base/log_text.h"

namespace webserv::app {

using namespace detail;

namespace {

// The column in which values begin, and the width up to which a value pushes the places behind all values to the right.
constexpr size_t label_width = 11;
constexpr size_t most_value_width = 56;

namespace paint {
constexpr std::string_view label = "\x1b[1m";
constexpr std::string_view origin = "\x1b[2m";
constexpr std::string_view well = "\x1b[32m";
constexpr std::string_view elsewhere = "\x1b[36m";
constexpr std::string_view refused = "\x1b[33m";
constexpr std::string_view failed = "\x1b[31m";
constexpr std::string_view off = "\x1b[0m";
}  // namespace paint

struct Row {
  std::string label;
  std::string value;
  std::string origin;
  std::string_view colour = {};
};

std::string safe(std::string_view text) {
  std::string safe;
  log_text::append_message(safe, text);
  return safe;
}

std::string_view colour_of(unsigned status) {
  if (status < 300) return paint::well;
  if (status < 400) return paint::elsewhere;
  return status < 500 ? paint::refused : paint::failed;
}

std::string assignment(const Fact& fact) { return fmt::format("{} = {}", fact.name, fact.value); }

// One explanation, or none.
class Page {
 public:
  Page(const Explained& explained, const Explanation* explanation) : explained_(explained), it_(explanation) {}

  std::string print(Colours colours) && {
    gather();
    size_t width = 0;
    for (const Row& row : rows_) {
      if (!row.origin.empty() && count_characters(row.value) <= most_value_width)
        width = std::max<size_t>(width, count_characters(row.value));
    }
    std::string text;
    for (const Row& row : rows_) {
      const auto painted = [&](std::string_view with, std::string_view what) {
        return colours == Colours::on && !with.empty() && !what.empty() ? fmt::format("{}{}{}", with, what, paint::off)
                                                                        : std::string(what);
      };
      const size_t label_end = std::max(row.label.size() + 1, label_width);
      text += painted(paint::label, row.label) + std::string(label_end - row.label.size(), ' ');
      text += painted(row.colour, row.value);
      if (!row.origin.empty()) {
        const size_t taken = count_characters(row.value);
        text += std::string(2 + (taken < width ? width - taken : 0), ' ') + painted(paint::origin, row.origin);
      }
      text += '\n';
    }
    return text;
  }

 private:
  void add(std::string_view label, std::string_view value, std::string origin = {}, std::string_view colour = {}) {
    rows_.push_back({std::string(label), safe(value), safe(origin), colour});
  }
  void more(std::string_view value, std::string origin = {}) { add({}, value, std::move(origin)); }

  std::string place(uint32_t line, std::string_view otherwise = {}) const {
    return line == 0 ? std::string(otherwise) : fmt::format("{}:{}", explained_.config.file, line);
  }

  void gather() {
    const Question& question = explained_.question;
    std::string request = fmt::format("{} {}, host {}", question.method, question.target, explained_.host);
    if (!question.host) request += " (none was named)";
    add("request", request);
    for (const std::string& field : question.fields) more(field);
    std::string_view note_label = "note";
    for (const std::string& note : explained_.notes) add(std::exchange(note_label, {}), note);
    if (it_ == nullptr) return add_no_listener();
    std::string_view label = "listener";
    for (const ListenerConfig* listener : it_->listeners) add_listener(std::exchange(label, {}), *listener);
    add_client();
    add_host();
    add_route();
    add_handler();
    if (!it_->file.empty()) add(it_->open ? "program" : "file", it_->file);
    for (const Fact& detail : it_->details) more(assignment(detail));
    if (!it_->methods.value.empty()) add("methods", it_->methods.value, place(it_->methods.line, "default"));
    add_facts("limits", it_->limits);
    add_facts("timeouts", it_->timeouts);
    if (it_->handler) {
      for (const LimitFacts& each : it_->handler->limits) add_limits(each);
    }
    add_answer();
  }

  void add_listener(std::string_view label, const ListenerConfig& listener) {
    std::string where = fmt::format("{}", fmt::join(listener.addresses, ", "));
    if (where.empty()) where = "a socket that systemd hands over";
    add(label, fmt::format("{} at {}", listener.name, where), place(listener.place.line, "default"));
  }

  void add_client() {
    if (it_->client.empty()) return;
    const std::string_view link = it_->client_note.empty() ? "" : ", ";
    add("client", fmt::format("{}{}{}", it_->client, link, it_->client_note), place(it_->client_line));
  }

  void add_no_listener() {
    const Question& question = explained_.question;
    const bool by_port = question.socket.empty();
    add("listener", by_port ? fmt::format("none has the port {}; there are", question.port.value_or(0))
                            : fmt::format("none is at {}; there are", question.socket));
    for (const ListenerConfig& listener : explained_.config.listeners) add_listener({}, listener);
    add("answer", "none: no connection can be made", {}, paint::failed);
  }

  void add_host() {
    if (!it_->vhost) {
      if (it_->status == code(Status::misdirected_request)) {
        add("vhost", fmt::format("none has the name {}", it_->host));
        if (!it_->close.empty()) more(fmt::format("{} is close", it_->close));
      }
      return;
    }
    const std::string& name = it_->vhost->name;
    const std::string& matched = it_->vhost->value;
    std::string text = name;
    if (matched == "*") text += ", for names that no other host has";
    if (matched != "*" && matched != name) text += fmt::format(", by its alias {}", matched);
    if (matched == name && name.starts_with("*.")) text += fmt::format(", which stands for {}", it_->host);
    add("vhost", text, place(it_->matched_line));
  }

  void add_route() {
    if (!it_->route) {
      if (it_->vhost && !it_->path.empty()) add("route", fmt::format("none has the path {}", it_->path));
    } else {
      add("route", it_->route->name, place(it_->route->line));
    }
    if (!it_->shorter.empty()) more(fmt::format("longer than {}", fmt::join(it_->shorter, ", ")));
    if (it_->vhost && !it_->close.empty()) more(fmt::format("{} is close", it_->close));
  }

  void add_handler() {
    if (it_->route && !it_->handler) add("handler", "the welcome site that is part of the program");
    if (!it_->handler) return;
    add("handler", assignment(it_->handler->handler), place(it_->handler->handler.line));
    for (const Fact& option : it_->handler->options) more(assignment(option), place(option.line));
  }

  // Those that the file sets, each with its place, then all others on one line.
  void add_facts(std::string_view label, const std::vector<Fact>& facts) {
    std::vector<std::string> defaults;
    for (const Fact& fact : facts) {
      if (fact.line == 0) {
        defaults.push_back(assignment(fact));
      } else {
        add(std::exchange(label, {}), assignment(fact), place(fact.line));
      }
    }
    if (!defaults.empty()) add(label, fmt::format("{}", fmt::join(defaults, ", ")), "default");
  }

  // One table of the file sets some of them.
  void add_limits(const LimitFacts& facts) {
    constexpr size_t each_row = 3;
    std::string_view label = facts.table;
    std::vector<std::string> row;
    for (const Fact& limit : facts.limits) {
      row.push_back(assignment(limit));
      if (row.size() < each_row && &limit != &facts.limits.back()) continue;
      add(std::exchange(label, {}), fmt::format("{}", fmt::join(row, ", ")), place(limit.line, "default"));
      row.clear();
    }
  }

  void add_answer() {
    std::string answer = fmt::format("{} {}", it_->status, it_->phrase);
    if (!it_->reason.empty()) answer += ": " + it_->reason;
    if (it_->open) answer = it_->reason + ": it is not run for this";
    add("answer", answer, {}, it_->open ? std::string_view() : colour_of(it_->status));
    if (it_->error_page) {
      std::string page = "error page " + it_->error_page->name;
      if (!it_->error_page->value.empty()) page += fmt::format(" {}: the built-in one is sent", it_->error_page->value);
      more(page, place(it_->error_page->line));
    }
    for (const Fact& field : it_->fields) {
      if (field.name != "Date") more(fmt::format("{}: {}", field.name, field.value), place(field.line));
    }
    for (const Fact& field : it_->removed) more(fmt::format("{} is removed", field.name), place(field.line));
  }

  const Explained& explained_;
  const Explanation* it_;
  std::vector<Row> rows_;
};

}  // namespace

std::string explained_text(const Explained& explained, Colours colours) {
  if (explained.all.empty()) return Page(explained, nullptr).print(colours);
  std::string text;
  for (const Explanation& explanation : explained.all) {
    if (!text.empty()) text += '\n';
    text += Page(explained, &explanation).print(colours);
  }
  return text;
}

}  // namespace webserv::app
