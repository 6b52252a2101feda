// Programs among files: which paths lead to one, and that none is ever shown.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "static_files_fixture.h"

namespace webserv::detail {
namespace {

using test::StaticFilesTest;

// Says what would run: "[file][path info]".
class Echo final : public ScriptFiles {
 public:
  explicit Echo(std::string root) : root_(std::move(root)) {}

  bool includes(std::string_view file) const override {
    return (file.empty() ? std::string_view(root_) : file).ends_with(".py");
  }
  Answer run(Request&, std::string_view file, std::string_view path_info) const override {
    return text("[" + std::string(file) + "][" + std::string(path_info) + "]");
  }

 private:
  const std::string root_;
};

class ScriptFilesTest : public StaticFilesTest {
 protected:
  ScriptFilesTest() {
    options_.index = {"index.html", "index.py"};
    options_.scripts = std::make_shared<const Echo>(options_.root);
    for (const char* script : {"a.py", "app/index.py", "app/b.py", "both/index.py", ".hidden.py"}) {
      folder_.write(std::string("site/") + script, "source");
    }
    folder_.write("site/both/index.html", "html");
    folder_.link("site/out.py", "../secret.txt");
  }

  // What the path leads to: what runs, "file", or the status of an answer that is neither.
  std::string led_to(std::string_view path, std::string_view method = "GET ") {
    Response response = get(path, "Content-Length: 0\r\n", method);
    if (response.status != Status::ok) return std::to_string(code(response.status));
    std::string said = test::body_bytes(response);
    EXPECT_EQ(said.find("source"), said.npos) << path;
    return said.starts_with('[') ? said : "file";
  }
};

struct PathCase {
  std::string_view path;
  std::string_view get;
  std::string_view post;
};

TEST_F(ScriptFilesTest, run_where_a_path_leads_to_one) {
  const PathCase cases[] = {
      {"/a.py", "[a.py][]", "[a.py][]"},
      {"/a.py/", "[a.py][/]", "[a.py][/]"},
      {"/a.py/b.py/c", "[a.py][/b.py/c]", "[a.py][/b.py/c]"},
      {"/app/b.py/x", "[app/b.py][/x]", "[app/b.py][/x]"},
      {"/app/", "[app/index.py][]", "[app/index.py][]"},
      {"/app", "308", "405"},
      {"/both/", "file", "405"},
      {"/", "file", "405"},
      {"/a.txt", "file", "405"},
      {"/a.txt/b.py", "404", "405"},
      {"/bare/", "404", "405"},
      {"/none.py", "404", "405"},
      {"/.hidden.py", "404", "404"},
      {"/.hidden.py/x", "404", "404"},
      {"/out.py", "404", "405"},
  };
  // Twice: an answer may be of the cache.
  for (int i = 0; i < 2; ++i) {
    for (const PathCase& c : cases) {
      EXPECT_EQ(led_to(c.path), c.get) << c.path;
      EXPECT_EQ(led_to(c.path, "HEAD "), c.get) << c.path;
      EXPECT_EQ(led_to(c.path, "POST "), c.post) << c.path;
    }
  }
}

TEST_F(ScriptFilesTest, stand_for_all_that_is_not_there) {
  options_.fallback = "/app/index.py";
  for (std::string_view path : {"/none", "/none/at/all", "/bare/", "/bare", "/a.txt/x", "/a.txt/", "/none.py"}) {
    EXPECT_EQ(led_to(path), "[app/index.py][]") << path;
    EXPECT_EQ(led_to(path, "POST "), "[app/index.py][]") << path;
  }
  EXPECT_EQ(led_to("/a.py/x"), "[a.py][/x]");
  EXPECT_EQ(led_to("/a.txt"), "file");
  // What is refused is not told to be there, and nothing stands for it.
  for (std::string_view path : {"/.hidden.py", "/out.py"}) EXPECT_EQ(led_to(path), "404") << path;
}

TEST_F(ScriptFilesTest, leave_folders_to_be_listed) {
  options_.fallback = "/app/index.py";
  options_.listing = true;
  EXPECT_EQ(led_to("/bare/"), "file");
  EXPECT_EQ(led_to("/app/"), "[app/index.py][]");
}

TEST_F(ScriptFilesTest, answer_for_a_route_of_one_path) {
  options_.route = "/page";
  options_.root = folder_ / "site/app";
  EXPECT_EQ(led_to("/page"), "[index.py][]");
}

TEST_F(ScriptFilesTest, may_be_the_root_itself) {
  options_.route = "/page";
  options_.root = folder_ / "site/a.py";
  options_.scripts = std::make_shared<const Echo>(options_.root);
  EXPECT_EQ(led_to("/page"), "[][]");
}

TEST_F(ScriptFilesTest, run_where_only_their_user_may_read_them) {
  ::chmod(folder_.path().c_str(), 0755);
  ::chmod((folder_ / "site/a.py").c_str(), 0111);
  test::Unprivileged unprivileged;
  EXPECT_EQ(led_to("/a.py"), "[a.py][]");
  EXPECT_EQ(led_to("/a.py/x"), "[a.py][/x]");
}

// The path has led to a file a moment ago, and leads to a program now.
TEST_F(ScriptFilesTest, are_not_shown_when_they_take_the_place_of_files) {
  folder_.write("site/late/index.html", "html");
  options_.index = {"index.py", "index.html"};
  EXPECT_EQ(led_to("/late/"), "file");
  folder_.write("site/late/index.py", "source");
  EXPECT_EQ(led_to("/late/"), "file");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(led_to("/late/"), "[late/index.py][]");
}

}  // namespace
}  // namespace webserv::detail
