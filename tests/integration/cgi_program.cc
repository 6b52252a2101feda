// A program for tests of CGI: the first segment of PATH_INFO says how it behaves, mostly badly.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <string_view>

extern char** environ;

namespace {

// Ends the program where nobody reads any more.
void say(std::string_view text, int to = STDOUT_FILENO) {
  while (!text.empty()) {
    ssize_t written = ::write(to, text.data(), text.size());
    if (written <= 0) ::_exit(9);
    text.remove_prefix(static_cast<size_t>(written));
  }
}

void pause_milliseconds(unsigned time) { ::usleep(time * 1000); }

[[noreturn]] void stay() {
  for (;;) ::pause();
}

const std::string head = "Content-Type: text/plain\n\n";

std::string read_input(size_t most = SIZE_MAX, unsigned pause = 0) {
  std::string all;
  char some[4096];
  for (ssize_t got; all.size() < most && (got = ::read(STDIN_FILENO, some, sizeof some)) > 0;) {
    all.append(some, static_cast<size_t>(got));
    if (pause != 0) pause_milliseconds(pause);
  }
  return all;
}

void show_environment() {
  say(head);
  for (char** at = environ; *at != nullptr; ++at) say(std::string(*at) + "\n");
}

void show_descriptors() {
  say(head);
  for (int fd = 0; fd < 200; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) say(std::to_string(fd) + " ");
  }
}

// A child that ignores SIGTERM and, with `far`, has left session and group; the first line of the body is its number.
void leave_child(bool far) {
  int ready[2];
  if (::pipe(ready) != 0) ::_exit(8);
  pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGTERM, SIG_IGN);
    if (far) ::setsid();
    (void)!::write(ready[1], "x", 1);
    stay();
  }
  char byte;
  (void)!::read(ready[0], &byte, 1);
  say(head + std::to_string(child) + "\n");
}

// Speaks for as long as its input takes, and then says how much that was.
void speak_and_listen() {
  say(head);
  pid_t child = ::fork();
  if (child == 0) {
    say(std::string(12'000'000, 'x'));
    ::_exit(0);
  }
  size_t heard = read_input().size();
  ::waitpid(child, nullptr, 0);
  say(std::to_string(heard));
}

// Writes for as long as somebody takes it, and ends with all that it wrote before still in the pipe. The child holds
// that open.
void leave_far_child_behind_full_pipe() {
  leave_child(true);
  ::fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
  const std::string some(4096, 'x');
  for (int waited = 0; waited < 20;) {
    if (::write(STDOUT_FILENO, some.data(), some.size()) > 0) {
      waited = 0;
    } else {
      ++waited, pause_milliseconds(10);
    }
  }
  say("full\n", STDERR_FILENO);
}

void ignore_the_end() {
  ::signal(SIGTERM, SIG_IGN);
  say(head + std::to_string(::getpid()) + "\n");
  stay();
}

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

const std::map<std::string_view, std::function<void()>> behaviours = {
    {"hello", [] { say(head + "hello"); }},
    {"environment", show_environment},
    {"descriptors", show_descriptors},
    {"folder", [] { say(head + ::get_current_dir_name()); }},
    {"echo", [] { say(head + read_input()); }},
    {"count", [] { say(head + std::to_string(read_input().size())); }},
    {"query", [] { say(head + variable("QUERY_STRING")); }},
    {"nothing", [] {}},
    {"no-end-of-head", [] { say("Content-Type: text/plain\n"); }},
    {"no-field", [] { say("hello world\n\nbody"); }},
    {"huge-head", [] { say("A: " + std::string(100'000, 'x') + "\n\n"); }},
    {"garbage", [] { say(std::string("\x00\xff\x01\n\n\x7f", 6)); }},
    {"nul", [] { say(std::string("A: b\0c\n\n", 8)); }},
    {"bad-status", [] { say("Status: 1000\n\n"); }},
    {"split", [] { say("A: b\rSet-Cookie: stolen\n\n"); }},
    {"status", [] { say("Status: 418 Teapot\n" + head + "short and stout"); }},
    {"no-content", [] { say("Status: 204\n\n"); }},
    {"cookies", [] { say("Set-Cookie: a=1\nSet-Cookie: b=2\nConnection: x\nTransfer-Encoding: y\n" + head); }},
    {"early-end", [] { say(head + "done"), ::close(STDOUT_FILENO), pause_milliseconds(300); }},
    {"reads-on", [] { say(head + "done"), ::close(STDOUT_FILENO), say(std::to_string(read_input().size()), 2); }},
    {"works-on", [] { say("ETag: \"v1\"\n" + head + "body"), pause_milliseconds(100), say("all done", 2); }},
    {"ignores-input", [] { say(head + "read nothing"); }},
    {"closes-input", [] { ::close(STDIN_FILENO), pause_milliseconds(50), say(head + "closed"); }},
    {"reads-slowly", [] { say(head + std::to_string(read_input(SIZE_MAX, 1).size())); }},
    {"forever",
     [] {
       for (say(head);;) say(std::string(4096, 'x'));
     }},
    {"large",
     [] {
       for (say(head); std::string_view part : {"a", "b", "c"}) say(std::string(1'000'000, part[0]));
     }},
    {"excess", [] { say("Content-Length: 4\n" + head + "1234567890"), stay(); }},
    {"exact", [] { say("Content-Length: 4\n" + head + "1234"); }},
    {"short", [] { say("Content-Length: 10\n" + head + "1234"); }},
    {"dies-before-head", [] { ::abort(); }},
    {"dies-in-head", [] { say("Content-Type: te"), ::abort(); }},
    {"dies-after-head", [] { say(head + "half"), ::abort(); }},
    {"fails", [] { say(head + "failed"), ::_exit(3); }},
    {"denied",
     [] {
       // That of every process but its own.
       if (::open("/proc/1/environ", O_RDONLY) < 0) say(std::string("environ: ") + std::strerror(errno) + "\n", 2);
       ::_exit(1);
     }},
    {"redirect", [] { say("Location: /cgi/echo?from=redirect\n\n"); }},
    {"redirect-to-query", [] { say("Location: /cgi/query?a=b;c\n\n"); }},
    {"redirect-to-stream", [] { say("Location: /stream/count\n\n"); }},
    {"redirect-away", [] { say("Location: https://a.test/\n\n"); }},
    {"redirect-in-a-circle", [] { say("Location: /cgi/redirect-in-a-circle\n\n"); }},
    {"redirect-nowhere", [] { say("Location: /%00\n\n"); }},
    {"leaves-child", [] { leave_child(false); }},
    {"leaves-far-child", [] { leave_child(true); }},
    {"leaves-far-child-and-full-pipe", leave_far_child_behind_full_pipe},
    {"speaks-and-listens", speak_and_listen},
    {"leaves-child-and-stays", [] { leave_child(true), stay(); }},
    {"ignores-the-end", ignore_the_end},
    {"complains", [] { say("first\nsecond\x1b[0m\n" + std::string(5000, 'x') + "\nlast", 2), say(head + "ok"); }},
    {"floods-errors",
     [] {
       for (int i = 0; i < 20'000; ++i) say("complaint\n", 2);
       say(head + "ok");
     }},
    {"waits", [] { stay(); }},
    {"waits-after-head", [] { say(head), stay(); }},
    {"waits-in-body", [] { say(head + std::to_string(::getpid()) + "\n"), stay(); }},
    {"events", [] { say("Content-Type: text/event-stream\n\n"), pause_milliseconds(200), say("data: 1\n\n"), stay(); }},
    {"events-in-turn",
     [] {
       say("Content-Type: text/event-stream\n\n");
       read_input(1);
       say("data: 1\n\n"), stay();
     }},
    {"sendfile", [] { say("X-Sendfile: " + variable("QUERY_STRING") + "\nSet-Cookie: a=1\n" + head + "not this"); }},
    {"message", [] { say("HTTP/1.1 299 Own\r\nX-Own: 1\r\nContent-Length: 2\r\n\r\nok"); }},
};

}  // namespace

int main() {
  ::signal(SIGPIPE, SIG_DFL);
  std::string path = variable("PATH_INFO");
  std::string_view name = std::string_view(path).substr(path.empty() ? 0 : 1);
  auto behaviour = behaviours.find(name.substr(0, name.find('/')));
  if (behaviour == behaviours.end()) {
    say("Status: 404\n\n");
    return 0;
  }
  behaviour->second();
  return 0;
}
