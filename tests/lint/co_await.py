#!/usr/bin/env python3
"""A statement with a co_await has no brace, no lambda, no ?: and no structured binding (src/README.md says why).

g++ 12 copies such temporaries bitwise and destroys them twice, at every optimization level; the tests/unit/io/hazards_*
show it. Name the argument on the line before, and write X() for an awaited X{}.
"""
import unittest

import cpp
import lint

# They show the shapes that the rule forbids.
EXCEPT = "tests/unit/io/hazards_"


def breaches(text):
    """(line, what is wrong) for each co_await in a statement of a forbidden shape."""
    for statement in cpp.Reader(text).statements:
        why = []
        if statement.braces:
            why.append("a braced initializer")
        if statement.lambdas:
            why.append("a lambda")
        if "?" in statement.tokens:
            why.append("?:")
        if statement.binding:
            why.append("a structured binding")
        for token, line in zip(statement.tokens, statement.lines):
            if token == "co_await" and why:
                yield line, ", ".join(why)


def problems(root):
    for path in lint.files(root, ".h", ".cc", below=("src/", "tests/", "bench/", "examples/")):
        name = path.relative_to(root).as_posix()
        if not name.startswith(EXCEPT):
            for line, why in breaches(path.read_text()):
                yield f"{name}:{line}: {why} in the statement of a co_await"


class SelfTest(unittest.TestCase):
    WRONG = [
        "co_return co_await call([s] { return s.v; }) == 3;",
        "co_return co_await call([s = std::move(s)]() mutable -> int { return 1; });",
        "S r = b ? co_await make(1) : co_await make(2);",
        "S r = b ? S(1) : co_await make(2);",
        "co_return co_await by_list({S(1), S(2)}) == 2;",
        "co_return co_await by_value({.a = 1, .s = S(2)}) == 1;",
        "Pair a{co_await make(1), co_await make(2)};",
        "Pair a = {co_await make(1), 2};",
        "use(Option{1}, co_await make(2));",
        "use([] { return 1; }, co_await make(2));",
        "co_return co_await [s](int k) -> Task<int> { co_return k; }(1) == 10;",
        "auto [a, b] = co_await pair();",
        "const auto& [a, b] = co_await pair();",
        "for (auto& [a, b] : co_await pairs()) use(a, b);",
        "co_await Ref{};",
        "if (co_await call(S{1})) return;",
        "while (x) { if (y) { co_await call(std::vector<int>{1}); } }",
        "auto f = [&](int k) -> Task<int> { co_await Ref{}; co_return k; };",
        "if (auto r = co_await call(b ? 1 : 2); r) use(r);",
        "switch (x) { case 1: co_await call({}); }",
        "else { co_return {co_await make(1), 2}; }",
    ]
    RIGHT = [
        "for (auto x : co_await list()) { use(x ? 1 : 2); }",
        "for (int i : {1, 2}) { n += i; co_await step(); }",
        "if (auto r = co_await call(); !r) { return {}; } else { use({1, 2}); }",
        "if (Result<std::map<int, X>> r = co_await call(std::move(a), \"?{\"); r ? a : b) return;",
        "while (co_await more()) { auto f = [] { return 1; }; S s{1}; use(f ? s : t); }",
        "auto f = [&](int k) -> Task<int> { co_await ref(); co_return s.v + k; };",
        "spawn([this, x = 1]() mutable -> Task<> { co_await run(); co_return; });",
        "std::vector<std::string> v{\"a\", \"b\"}; int n = co_await step(int(v.size()));",
        "S s{1}; co_await call(s); S t = b ? s : S{2};",
        "switch (co_await step(2)) { case 2: { co_return co_await call(s); } default: co_return b ? 1 : 0; }",
        "do { use(S{1}); } while (co_await more());",
        "try { co_await call(); } catch (const E& e) { failed = E{1}; }",
        "values[index] = co_await call(table[i]); // {} ? [x]",
        "[[maybe_unused]] auto n = co_await call('{', '?');",
        "struct Local { int a = 1; int b{2}; }; co_await call();",
        "co_return co_await first() && co_await second(1'000);",
        "if constexpr (b) { S s{1}; } co_await call();",
        "x = b ? 1 : 2; co_await call(); return Pair{1, 2};",
        "const char* raw = R\"(co_await f({1}) ? \")\"; co_await call();",
        "label: co_await call();",
        "for (size_t i = 0; i < n; i = b ? i + 1 : n) co_await call(i);",
    ]

    def test_finds_every_forbidden_shape(self):
        for code in self.WRONG:
            self.assertTrue(list(breaches(f"Task<int> f() {{ {code} }}")), code)

    def test_finds_them_in_members_and_after_other_code(self):
        code = "namespace n { struct A : B { A() : b_{1}, c_(2) {}\n Task<> f() const noexcept { co_await g({}); } int b_{1}; }; }"
        self.assertEqual([2], [line for line, _ in breaches(code)])
        code = "template <class T = int>\nTask<T> A<T>::f(T x) requires C<T> {\n  co_await g(S{x});\n}"
        self.assertEqual([3], [line for line, _ in breaches(code)])

    def test_lets_everything_else_pass(self):
        for code in self.RIGHT:
            self.assertEqual([], list(breaches(f"Task<int> f() {{ {code} }}")), code)
        members = ("class A { public: explicit A(int x) : a_{x}, b_(x) { use(a_ ? 1 : 2); } auto f() -> Task<int> { co_await g(); }"
                   " Task<> h() const { co_await g(); } bool operator==(const A&) const = default; int a_{0}; S s_ = {1, 2}; };"
                   " Task<> k() { co_await g(); }")
        self.assertEqual([], list(breaches(members)))


if __name__ == "__main__":
    lint.main(problems)
