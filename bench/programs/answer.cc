// The least that a CGI program can do.
#include <unistd.h>

int main() {
  constexpr char answer[] = "Content-Type: text/plain\n\nhello\n";
  return write(1, answer, sizeof answer - 1) != ssize_t{sizeof answer - 1};
}
