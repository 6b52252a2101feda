#!/usr/bin/env python3
"""A file has up to 500 lines, and a function up to 60 from its first line to its closing brace."""
import ast
import unittest

import cpp
import lint

FILE_LINES = 500
FUNCTION_LINES = 60

# "file:function": why it may be longer.
EXCEPT = {
    "src/webserv/http/status.cc:reason_phrase": "a table: one line for each status",
    "tests/unit/http/date_test.cc:TEST(Date, refuses_what_is_no_date)": "a table",
    "tests/unit/http/mime_test.cc:TEST(Mime, knows_the_types_of_the_web)": "a table",
}


def functions(name, text):
    """(name, first line, last line) of each function."""
    if name.endswith(".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.name, node.lineno, node.end_lineno
    elif not name.endswith(".nix"):
        for function in cpp.Reader(text).functions:
            yield function.name, function.first_line, function.last_line


def breaches(name, text):
    lines = len(text.splitlines())
    if lines > FILE_LINES:
        yield f"{name}: {lines} lines, more than {FILE_LINES}"
    for function, first, last in functions(name, text):
        if last - first + 1 > FUNCTION_LINES and f"{name}:{function}" not in EXCEPT:
            yield f"{name}:{first}: {function} has {last - first + 1} lines, more than {FUNCTION_LINES}"


def problems(root):
    seen = set()
    for path in lint.files(root, ".h", ".cc", ".py", ".nix"):
        name = path.relative_to(root).as_posix()
        text = path.read_text()
        yield from breaches(name, text)
        seen.update(f"{name}:{function}" for function, _, _ in functions(name, text))
    for stale in sorted(EXCEPT.keys() - seen):
        yield f"{stale}: has an exception, but does not exist"


class SelfTest(unittest.TestCase):
    def found(self, text, name="a.cc"):
        return [function for function, _, _ in functions(name, text)]

    def test_finds_functions_of_every_shape(self):
        text = """
#define MACRO(x) void x() {
extern "C" int f(const char* s) { return s[0] == '{'; }
namespace a::b {
struct S : T<int> { S() : x_{1}, y_(2) {} ~S() { use("}"); } int get() const noexcept { return x_; } int x_{0}; };
template <class U = void, class V>
U S::member(std::function<void(int)> g) requires C<U> { if (x) { y(); } }
S::S(int a)
    : x_{a},
      y_(a) {
  run([&] { return 1; });
}
auto late() -> std::vector<int> { return {1, 2}; }
bool operator==(const S& a, const S& b) { return true; }
S& S::operator=(S&& s) noexcept { return *this; }
constexpr std::array<int, 2> table = {1, 2};
static const Entry entries[] = {{"a", f(1)}, {"b", f(2)}};
enum class E { a, b };
TEST_P(Suite, name) { EXPECT_EQ(1, 1); }
}  // namespace a::b
"""
        names = "f S ~S get S::member S::S late operator== operator=".split() + ["TEST_P(Suite, name)"]
        self.assertEqual(names, self.found(text))

    def test_measures_from_the_first_line_to_the_closing_brace(self):
        at_most = "void f(\n    int x) {\n" + "  x();\n" * (FUNCTION_LINES - 3) + "}\n"
        self.assertEqual([], list(breaches("a.cc", at_most)))
        self.assertEqual(1, len(list(breaches("a.cc", at_most.replace("{\n", "{\n\n")))))
        inside = "namespace n {\nclass A {\n" + at_most.replace("{\n", "{\n\n") + "};\n}\n"
        self.assertEqual(["a.h:3: f has 61 lines, more than 60"], list(breaches("a.h", inside)))

    def test_measures_python_functions(self):
        text = "class A:\n    def f(self):\n" + "        self.x()\n" * FUNCTION_LINES
        self.assertEqual(["a.py:2: f has 61 lines, more than 60"], list(breaches("a.py", text)))

    def test_measures_files(self):
        self.assertEqual([], list(breaches("a.nix", "x\n" * FILE_LINES)))
        self.assertEqual(1, len(list(breaches("a.nix", "x\n" * (FILE_LINES + 1)))))


if __name__ == "__main__":
    lint.main(problems)
