#include "app/explain/explained_json.h"

#include "app/text/json.h"

namespace webserv::app {
namespace {

class Printer {
 public:
  explicit Printer(const Explained& explained) : explained_(explained) {}

  std::string print() && {
    json_.object([&] {
      if (!explained_.config.file.empty()) json_.member("config", explained_.config.file);
      json_.object("request", [&] {
        json_.member("method", explained_.question.method);
        json_.member("target", explained_.question.target);
        json_.member("host", explained_.host);
        json_.array("fields", [&] {
          for (const std::string& field : explained_.question.fields) json_.value(field);
        });
      });
      if (!explained_.notes.empty()) {
        json_.array("notes", [&] {
          for (const std::string& note : explained_.notes) json_.value(note);
        });
      }
      json_.array("explanations", [&] {
        for (const Explanation& it : explained_.all) json_.object([&] { print(it); });
      });
    });
    return std::move(json_).take();
  }

 private:
  void print(const Explanation& it) {
    json_.array("listeners", [&] {
      for (const ListenerConfig* listener : it.listeners) json_.object([&] { print(*listener); });
    });
    if (!it.client.empty()) {
      json_.object("client", [&] {
        json_.member("address", it.client);
        if (!it.client_note.empty()) json_.member("note", it.client_note);
        if (it.client_line != 0) json_.member("line", uint64_t{it.client_line});
      });
    }
    if (!it.host.empty()) json_.member("host", it.host);
    if (!it.path.empty()) json_.member("path", it.path);
    if (it.vhost) {
      json_.object("vhost", [&] {
        fact(*it.vhost, "name", "matched");
        if (it.matched_line != 0) json_.member("matched_line", uint64_t{it.matched_line});
      });
    }
    if (it.route) json_.object("route", [&] { fact(*it.route, "path", {}); });
    if (!it.shorter.empty()) {
      json_.array("shorter", [&] {
        for (const std::string& path : it.shorter) json_.value(path);
      });
    }
    if (!it.close.empty()) json_.member("close", it.close);
    if (it.handler) json_.object("handler", [&] { setting(it.handler->handler); });
    settings("options", it.handler ? it.handler->options : std::vector<Fact>());
    if (!it.file.empty()) json_.member(it.open ? "program" : "file", it.file);
    if (!it.details.empty()) facts("details", it.details, "name", "value");
    if (!it.methods.value.empty()) json_.object("methods", [&] { fact(it.methods, {}, "allow"); });
    settings("limits", it.limits);
    settings("timeouts", it.timeouts);
    if (it.handler) {
      for (const auto& [table, limits] : it.handler->limits) settings(table, limits);
    }
    json_.object("answer", [&] { answer(it); });
  }

  void print(const ListenerConfig& listener) {
    json_.member("name", listener.name);
    json_.array("addresses", [&] {
      for (const std::string& address : listener.addresses) json_.value(address);
    });
    if (listener.place.line != 0) json_.member("line", uint64_t{listener.place.line});
  }

  void answer(const Explanation& it) {
    // What a program will answer is not known.
    if (!it.open) {
      json_.member("status", uint64_t{it.status});
      json_.member("phrase", it.phrase);
    }
    if (!it.reason.empty()) json_.member("reason", it.reason);
    if (it.error_page) json_.object("error_page", [&] { fact(*it.error_page, "file", "problem"); });
    facts("fields", it.fields, "name", "value");
    facts("removed", it.removed, "name", {});
  }

  void settings(std::string_view name, const std::vector<Fact>& all) {
    json_.array(name, [&] {
      for (const Fact& each : all) json_.object([&] { setting(each); });
    });
  }

  // `line` is left out where no line of the configuration says it.
  void setting(const Fact& setting) {
    json_.member("key", setting.name);
    json_.key("value");
    json_.literal(setting.value);
    if (setting.line != 0) json_.member("line", uint64_t{setting.line});
  }

  void facts(std::string_view name, const std::vector<Fact>& all, std::string_view name_key,
             std::string_view value_key) {
    json_.array(name, [&] {
      for (const Fact& each : all) json_.object([&] { fact(each, name_key, value_key); });
    });
  }

  void fact(const Fact& fact, std::string_view name_key, std::string_view value_key) {
    if (!name_key.empty()) json_.member(name_key, fact.name);
    if (!value_key.empty() && !fact.value.empty()) json_.member(value_key, fact.value);
    if (fact.line != 0) json_.member("line", uint64_t{fact.line});
  }

  const Explained& explained_;
  JsonWriter json_;
};

}  // namespace

std::string explained_json(const Explained& explained) { return Printer(explained).print(); }

}  // namespace webserv::app
