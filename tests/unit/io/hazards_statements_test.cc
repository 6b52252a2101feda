// Shapes of the statement around a co_await, and of results; see hazards.h.
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "unit/io/hazards.h"

namespace webserv::detail::hazards {

namespace {

Task<std::unique_ptr<Tracked>> make_unique(int x) {
  co_await Pause();
  co_return std::make_unique<Tracked>(x);
}
Task<std::tuple<int, Tracked>> make_pair() {
  co_await Pause();
  co_return std::tuple<int, Tracked>(1, Tracked(2));
}
Task<> fail() {
  co_await Pause();
  throw std::runtime_error("thrown");
}
struct Two {
  Tracked first;
  Tracked second;
};

Task<int> conditional_of_two_awaits() {
  bool b = live > 100;
  Tracked r = b ? co_await make(1) : co_await make(2);
  co_return r.value == 2 && r.in_place();
}
Task<int> conditional_with_an_await_taken() {
  bool b = live > 100;
  Tracked r = b ? Tracked(1) : co_await make(2);
  co_return r.value == 2 && r.in_place();
}
Task<int> conditional_with_an_await_not_taken() {
  bool b = live < 100;
  Tracked r = b ? Tracked(1) : co_await make(2);
  co_return r.value == 1 && r.in_place();
}
Task<int> if_with_initializer() {
  if (Tracked s = co_await make(4); s.value == 4) co_return s.in_place();
  co_return 0;
}
Task<int> if_not_result() {
  if (auto r = co_await make_unique(7); !r) {
    co_return 0;
  } else {
    co_return r->value == 7;
  }
}
Task<int> while_condition() {
  int n = 0;
  while (co_await number(n) < 3) {
    Tracked s(n);
    ++n;
  }
  co_return n == 3;
}
Task<int> loop_after_await() {
  auto v = co_await make_unique(7);
  int n = 0;
  for (int i : {1, 2}) n += i + v->value;
  co_return n == 17;
}
Task<int> loop_over_awaited() {
  auto f = []() -> Task<std::vector<Tracked>> {
    co_await Pause();
    std::vector<Tracked> v;
    v.emplace_back(1);
    v.emplace_back(2);
    co_return v;
  };
  int n = 0;
  for (const Tracked& s : co_await f()) {
    co_await Pause();
    n += s.value;
  }
  co_return n == 3;
}
Task<int> vector_made_before() {
  std::vector<std::string> v{"first-long-long-long-long-long", "second-long-long-long-long-long"};
  int n = co_await number(int(v.size()));
  co_return n == 2 && v[1][0] == 's';
}
Task<int> structured_binding() {
  auto [a, s] = co_await make_pair();
  co_await Pause();
  co_return a == 1 && s.value == 2;
}
Task<int> throw_through_locals() {
  Tracked s(1);
  try {
    Tracked t(2);
    co_await fail();
  } catch (const std::exception&) {
    co_return 1;
  }
  co_return 0;
}
Task<int> await_after_catch() {
  bool failed = false;
  try {
    co_await fail();
  } catch (const std::exception&) {
    failed = true;
  }
  if (failed) co_return co_await number(1);
  co_return 0;
}
Task<int> logical_and() { co_return co_await yes() && co_await look(Tracked(1)) == 1; }
Task<int> logical_or() { co_return co_await yes() || co_await look(Tracked(1)) == 1; }
Task<int> aggregate_of_awaits() {
  Two two{co_await make(1), co_await make(2)};
  co_return two.first.value == 1 && two.second.value == 2 && two.first.in_place() && two.second.in_place();
}
Task<int> switch_on_awaited() {
  switch (co_await number(2)) {
    case 2: {
      Tracked s(1);
      co_return co_await look(s);
    }
    default: co_return 0;
  }
}
Task<int> variant_from_awaited() {
  std::variant<int, Tracked> v = co_await make(3);
  co_return std::get<Tracked>(v).value == 3 && std::get<Tracked>(v).in_place();
}
Task<int> assignment() {
  Tracked s(1);
  s = co_await make(8);
  co_return s.value == 8;
}
Task<int> assignment_to_members() {
  Aggregate a;
  a.tracked = co_await make(2);
  a.number = co_await number(1);
  a.text = long_text;
  co_return a.good();
}
Task<int> move_only_result() {
  auto p = co_await make_unique(7);
  co_return p->value == 7;
}
Task<int> member_of_awaited() {
  auto f = []() -> Task<std::string> {
    co_await Pause();
    co_return std::string(40, 'z');
  };
  if ((co_await f()).size() == 40) co_return 1;
  co_return 0;
}
Task<int> scopes_between_awaits() {
  for (int i = 0; i < 3; ++i) {
    Tracked s(i);
    Aggregate a{.number = i, .tracked = Tracked(i), .text = long_text};
    int n = co_await number(a.tracked.value);
    if (n != i || !a.tracked.in_place()) co_return 0;
  }
  co_return 1;
}

Task<Aggregate> return_aggregate() {
  co_await Pause();
  co_return Aggregate{.number = 1, .tracked = Tracked(2), .text = long_text};
}
Task<Aggregate> return_braces() {
  co_await Pause();
  co_return {1, Tracked(2), long_text};
}
Task<Aggregate> return_named() {
  Aggregate a{.number = 1, .tracked = Tracked(2), .text = long_text};
  co_await Pause();
  co_return a;
}
Task<std::vector<std::string>> return_list() {
  co_await Pause();
  co_return {"a-rather-long-string-that-allocates", "b-rather-long-string-that-allocates"};
}
Task<std::optional<Tracked>> return_optional(bool full) {
  co_await Pause();
  if (!full) co_return std::nullopt;
  co_return Tracked(4);
}

Task<int> returned_aggregate() {
  Aggregate a = co_await return_aggregate();
  co_return a.good();
}
Task<int> returned_braces() {
  Aggregate a = co_await return_braces();
  co_return a.good();
}
Task<int> returned_name() {
  Aggregate a = co_await return_named();
  co_return a.good();
}
Task<int> returned_list() {
  auto v = co_await return_list();
  co_return v.size() == 2 && v[1][0] == 'b';
}
Task<int> returned_optional() {
  auto o = co_await return_optional(true);
  co_return o && o->value == 4 && o->in_place();
}
Task<int> returned_nullopt() {
  auto o = co_await return_optional(false);
  co_return !o;
}

class AwaitingStatements : public HazardTest {};

constexpr auto wrong_on_gcc = Expected::wrong_on_gcc;

constexpr Hazard hazards[] = {
    {"conditional_of_two_awaits", conditional_of_two_awaits, wrong_on_gcc},
    {"conditional_with_an_await_taken", conditional_with_an_await_taken, wrong_on_gcc},
    {"conditional_with_an_await_not_taken", conditional_with_an_await_not_taken, wrong_on_gcc},
    {"if_with_initializer", if_with_initializer},
    {"if_not_result", if_not_result},
    {"while_condition", while_condition},
    {"loop_after_await", loop_after_await},
    {"loop_over_awaited", loop_over_awaited},
    {"vector_made_before", vector_made_before},
    {"structured_binding", structured_binding},
    {"throw_through_locals", throw_through_locals},
    {"await_after_catch", await_after_catch},
    {"logical_and", logical_and},
    {"logical_or", logical_or},
    {"aggregate_of_awaits", aggregate_of_awaits, wrong_on_gcc},
    {"switch_on_awaited", switch_on_awaited},
    {"variant_from_awaited", variant_from_awaited},
    {"assignment", assignment},
    {"assignment_to_members", assignment_to_members},
    {"move_only_result", move_only_result},
    {"member_of_awaited", member_of_awaited},
    {"scopes_between_awaits", scopes_between_awaits},
    {"returned_aggregate", returned_aggregate},
    {"returned_braces", returned_braces},
    {"returned_name", returned_name},
    {"returned_list", returned_list},
    {"returned_optional", returned_optional},
    {"returned_nullopt", returned_nullopt},
};

INSTANTIATE_TEST_SUITE_P(Hazards, AwaitingStatements, testing::ValuesIn(hazards), name_of);

TEST_P(AwaitingStatements, is_as_known_for_this_compiler) { check(GetParam()); }

}  // namespace

}  // namespace webserv::detail::hazards
