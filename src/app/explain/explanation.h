// What answers a request, and why: found by asking the site itself, then put beside the configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/config/config.h"
#include "app/explain/question.h"
#include "app/routes/handler_facts.h"

namespace webserv::app {

struct Explanation {
  std::vector<const ListenerConfig*> listeners;  // at which all the rest is the same
  std::string host;                  // that is asked for, normalized; empty where the request was refused before
  std::string path;                  // likewise
  std::string client;                // its address; empty where nobody could be meant but who asks
  std::string client_note;           // who says so, or why nobody does
  uint32_t client_line = 0;          // of who is trusted
  std::optional<Fact> vhost;         // its name, and which of its names matched
  uint32_t matched_line = 0;         // of the name that matched
  std::optional<Fact> route;         // its path
  std::vector<std::string> shorter;  // routes that match, too
  std::string close;                 // what nothing was found for is close to: a name, or a path
  std::optional<HandlerFacts> handler;
  Fact methods;  // the value of Allow
  std::vector<Fact> limits;
  std::vector<Fact> timeouts;
  std::string file;                // on disk
  std::vector<Fact> details;       // that the handler found out; their values are plain texts
  bool open = false;               // a program decides the status and more
  unsigned status = 0;             // 0: nothing answers
  std::string phrase;              // "Not Found"
  std::string reason;              // why
  std::optional<Fact> error_page;  // the file of the body; a value says why it is not used
  std::vector<Fact> fields;        // of the answer
  std::vector<Fact> removed;       // fields that the configuration removes
  bool operator==(const Explanation&) const = default;
};

// All that there is to say of a question.
struct Explained {
  const Config& config;
  const Question& question;
  std::string host;              // that is asked for: of the question, or one that the configuration has
  std::vector<Explanation> all;  // one for each kind of answer that the listeners which could be meant give; none where
                                 // no listener can be
  std::vector<std::string> notes;  // that hold for all of them
};

// Borrows both.
Explained explain(const Config& config, const Question& question);

}  // namespace webserv::app
