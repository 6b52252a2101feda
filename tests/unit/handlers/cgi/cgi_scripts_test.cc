#include "webserv/handlers/cgi/cgi_scripts.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_folder.h"

namespace webserv::detail {
namespace {

using test::TemporaryFolder;

class CgiScriptsTest : public testing::Test {
 protected:
  CgiScriptsTest() {
    options_.route = "/cgi-bin/";
    options_.root = folder_ / "root";
    options_.interpreters = {{".py", "/usr/bin/python3"}, {".cgi", ""}};
    folder_.write("root/a.py", "print()");
    folder_.write("root/plain.txt", "text");
    folder_.write("root/run", "#!/bin/sh");
    folder_.write("root/b.cgi", "#!/bin/sh");
    folder_.write("root/sub/deep/c.py", "print()");
    folder_.write("root/sub/nph-d.py", "print()");
    folder_.write("root/.hidden.py", "print()");
    folder_.write("root/page/index.html", "html");
    folder_.write("root/app/index.py", "print()");
    folder_.write("outside.py", "print()");
    for (const char* name : {"root/run", "root/b.cgi"}) ::chmod((folder_ / name).c_str(), 0755);
    std::filesystem::create_symlink("../outside.py", folder_ / "root/out.py");
    std::filesystem::create_symlink("a.py", folder_ / "root/in.py");
  }

  // "file|interpreter|name|path info" below the folder, or the status of the error.
  static std::string text(const CgiScript& script, const std::string& folder) {
    EXPECT_TRUE(script.file.starts_with(folder)) << script.file;
    return script.file.substr(folder.size()) + "|" + script.interpreter + "|" + script.name + "|" + script.path_info;
  }
  std::string find(std::string_view path) {
    CgiScripts scripts(options_, 1);
    std::expected<CgiScript, HttpError> script = scripts.find(path, 0, Clock::time_point(Clock::duration(1000)));
    return script ? text(*script, folder_ / "root") : std::to_string(code(script.error().status));
  }

  TemporaryFolder folder_;
  CgiOptions options_;
};

TEST_F(CgiScriptsTest, splits_the_path_behind_the_script) {
  const std::string python = "|/usr/bin/python3|";
  EXPECT_EQ(find("/cgi-bin/a.py"), "/a.py" + python + "/cgi-bin/a.py|");
  EXPECT_EQ(find("/cgi-bin/a.py/"), "/a.py" + python + "/cgi-bin/a.py|/");
  EXPECT_EQ(find("/cgi-bin/a.py/x y/z.py"), "/a.py" + python + "/cgi-bin/a.py|/x y/z.py");
  EXPECT_EQ(find("/cgi-bin/sub/deep/c.py/x"), "/sub/deep/c.py" + python + "/cgi-bin/sub/deep/c.py|/x");
  EXPECT_EQ(find("/cgi-bin/in.py"), "/in.py" + python + "/cgi-bin/in.py|");
}

TEST_F(CgiScriptsTest, runs_what_may_be_executed_and_has_no_interpreter) {
  EXPECT_EQ(find("/cgi-bin/run/x"), "/run||/cgi-bin/run|/x");
  EXPECT_EQ(find("/cgi-bin/b.cgi"), "/b.cgi||/cgi-bin/b.cgi|");
  EXPECT_EQ(find("/cgi-bin/plain.txt"), "403");
}

TEST_F(CgiScriptsTest, finds_nothing_else) {
  for (const char* path : {"/cgi-bin/", "/cgi-bin/sub", "/cgi-bin/sub/", "/cgi-bin/none.py", "/cgi-bin/sub/none/x",
                           "/cgi-bin/.hidden.py", "/cgi-bin/out.py", "/other/a.py"}) {
    EXPECT_EQ(find(path), "404") << path;
  }
}

TEST_F(CgiScriptsTest, follows_links_into_folders_that_are_allowed) {
  options_.symlinks = {folder_.path()};
  EXPECT_EQ(find("/cgi-bin/out.py"), "/out.py|/usr/bin/python3|/cgi-bin/out.py|");
}

TEST_F(CgiScriptsTest, knows_a_single_program_for_all_paths) {
  options_.root.clear();
  options_.program = folder_ / "root/run";
  EXPECT_EQ(find("/cgi-bin/"), "/run||/cgi-bin|/");
  EXPECT_EQ(find("/cgi-bin/a/b"), "/run||/cgi-bin|/a/b");
  options_.route = "/";
  EXPECT_EQ(find("/a/b"), "/run|||/a/b");
  options_.route = "/only";
  EXPECT_EQ(find("/only"), "/run||/only|");
}

TEST_F(CgiScriptsTest, tells_names_of_programs_that_write_messages) {
  CgiScript script;
  script.file = "/srv/nph-a.py";
  EXPECT_TRUE(script.writes_messages());
  EXPECT_EQ(script.folder(), "/srv");
  script.file = "/nph-a/b.py";
  EXPECT_FALSE(script.writes_messages());
  script.file = "/a";
  EXPECT_EQ(script.folder(), "/");
}

TEST_F(CgiScriptsTest, makes_scripts_of_files_that_others_found) {
  options_.route = "/app/";
  CgiScripts scripts(options_, 1);
  EXPECT_TRUE(scripts.has_interpreter("a.py"));
  EXPECT_TRUE(scripts.has_interpreter("sub.d/.b.cgi"));
  for (const char* file : {"", "a.txt", "run", "a.py/b", "a.PY", ".py.txt"}) {
    EXPECT_FALSE(scripts.has_interpreter(file)) << file;
  }
  const std::string root = folder_ / "root";
  EXPECT_EQ(text(scripts.script("sub/a.py", "/x"), root), "/sub/a.py|/usr/bin/python3|/app/sub/a.py|/x");
  EXPECT_EQ(text(scripts.script("b.cgi", ""), root), "/b.cgi||/app/b.cgi|");
}

TEST_F(CgiScriptsTest, makes_a_script_of_a_route_for_one_path_alone) {
  options_.route = "/page";
  EXPECT_EQ(text(CgiScripts(options_, 1).script("index.py", ""), folder_ / "root"),
            "/index.py|/usr/bin/python3|/page|");
  options_.root = folder_ / "root/a.py";
  CgiScripts file(options_, 1);
  EXPECT_TRUE(file.has_interpreter(""));
  EXPECT_EQ(text(file.script("", ""), folder_ / "root"), "/a.py|/usr/bin/python3|/page|");
}

}  // namespace
}  // namespace webserv::detail
