// The library as a program uses it that has names of its own: one header, and a using-directive.
#include "webserv/webserv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "support/server_client.h"

// What a program may well call its own things.
struct List {};
struct Gate {};
struct Connection {};
struct Worker {};
struct Process {};
std::string trim(std::string_view text) { return std::string(text); }
std::string to_lower(std::string_view text) { return std::string(text); }
bool is_digit(char) { return false; }

using namespace webserv;
using detail::test::Client;
using detail::test::get_close;
using testing::EndsWith;

TEST(EmbeddingTest, serves_beside_names_of_the_program_that_are_those_of_internals) {
  [[maybe_unused]] const std::tuple<List, Gate, Connection, Worker, Process> own;
  Server server(1, Address("127.0.0.1:0"), [](Request& request) {
    EXPECT_FALSE(is_digit('1')) << "the program's own";
    return text(trim(to_lower(request.path())));
  });
  server.start();
  Client client(server.addresses().front());
  client.say(get_close);
  EXPECT_THAT(client.hear_all(), EndsWith("\r\n\r\n/"));
}

TEST(EmbeddingTest, a_handler_need_only_be_movable) {
  Server server(1, Address("127.0.0.1:0"),
                [own = std::make_unique<std::string>("moved")](Request&) { return text(*own); });
  server.start();
  Client client(server.addresses().front());
  client.say(get_close);
  EXPECT_THAT(client.hear_all(), EndsWith("moved"));
}
