/* A CGI program in C: says what it was asked, and how long the body was. */
#include <stdio.h>
#include <stdlib.h>

static const char* variable(const char* name) {
  const char* value = getenv(name);
  return value == NULL ? "" : value;
}

int main(void) {
  static char buffer[65536];
  size_t body = 0;
  for (size_t more; (more = fread(buffer, 1, sizeof buffer, stdin)) > 0;) body += more;
  printf("Content-Type: text/plain\n\n");
  printf("%s %s?%s %zu\n", variable("REQUEST_METHOD"), variable("PATH_INFO"), variable("QUERY_STRING"), body);
  return 0;
}
