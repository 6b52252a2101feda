// How ExecReload= of the units waits for the end of a reload, and learns how it ended: before it sends SIGHUP it makes
// an empty file "reload" in $RUNTIME_DIRECTORY. The server takes it away when it has reloaded, and writes into it when
// that has failed.
#pragma once

#include <cstdint>
#include <string>

namespace webserv::app {

enum class ReloadOutcome : uint8_t { succeeded, failed };

class ReloadRequest {
 public:
  // `runtime_directory` is the value of that variable (systemd.exec(5): separated by colons, the first counts), or null
  // where it is not set: then nobody waits.
  explicit ReloadRequest(const char* runtime_directory);

  // A reload begins: sees whether somebody waits for its end.
  void begin();
  void end(ReloadOutcome outcome);

 private:
  std::string file_;
  bool waiting_ = false;
};

}  // namespace webserv::app
