// Leaves processes behind that do all they can to outlive it, and goes on itself for as long as it may.
//
// Each is in a session of its own, has no parent but process 1 or whoever adopts it, and ignores every signal that can
// be. The query is how many; the answer's head is written where the path behind the program says "/answer".
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace {

constexpr unsigned long_enough = 600;  // seconds

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void write_all(int file, std::string_view text) {
  if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::exit(1);
}

void ignore_signals() {
  // It fails for SIGKILL and SIGSTOP.
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_IGN);
}

void escape() {
  pid_t between = ::fork();
  if (between < 0) std::exit(1);
  if (between > 0) {
    ::waitpid(between, nullptr, 0);
    return;
  }
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  ignore_signals();
  ::prctl(PR_SET_NAME, "escaped");
  int nothing = ::open("/dev/null", O_RDWR);
  for (int number : {0, 1, 2}) ::dup2(nothing, number);
  ::sleep(long_enough);
  ::_exit(0);
}

}  // namespace

int main() {
  ignore_signals();
  ::signal(SIGCHLD, SIG_DFL);
  for (int left = std::atoi(variable("QUERY_STRING").data()); left > 0; --left) escape();
  if (variable("PATH_INFO") == "/answer") write_all(STDOUT_FILENO, "Content-Type: text/plain\n\nescaped\n");
  write_all(STDERR_FILENO, "ready\n");
  ::sleep(long_enough);
}
