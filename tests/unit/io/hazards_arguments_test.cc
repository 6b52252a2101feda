// Shapes of the awaited call and of its arguments; see hazards.h.
#include <functional>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/io/hazards.h"

namespace webserv::detail::hazards {

namespace {

Task<int> take_rvalue(Tracked&& s) {
  co_await Pause();
  co_return s.in_place() ? s.value : -1;
}
Task<int> call_function(std::function<int()> f) {
  co_await Pause();
  co_return f();
}
template <class F>
Task<int> call(F f) {
  co_await Pause();
  co_return f();
}
Task<int> fail() {
  co_await Pause();
  throw std::runtime_error("thrown");
}

struct Object {
  Tracked tracked{5};
  Task<int> add(Tracked other) {
    co_await Pause();
    co_return tracked.value + other.value;
  }
  Task<int> add_one() { co_return co_await add(Tracked(1)); }
};

Task<int> temporary_by_value() { co_return co_await take(Tracked(1)) == 1; }
Task<int> temporary_by_reference() { co_return co_await look(Tracked(1)) == 1; }
Task<int> temporary_by_rvalue_reference() { co_return co_await take_rvalue(Tracked(1)) == 1; }
Task<int> lambda_as_function() {
  Tracked s(3);
  co_return co_await call_function([s] { return s.value; }) == 3;
}
Task<int> lambda_as_template() {
  Tracked s(3);
  co_return co_await call([s] { return s.in_place() ? s.value : -1; }) == 3;
}
Task<int> lambda_with_moved_aggregate() {
  Aggregate a{1, Tracked(2), long_text};
  co_return co_await call([a = std::move(a)] { return a.good() ? 1 : -1; }) == 1;
}
#if defined(__clang__) || __GNUC__ >= 13
// g++ 12 does not compile these: "array used as initializer".
Task<int> take_vector(std::vector<Tracked> v) {
  co_await Pause();
  co_return int(v.size());
}
Task<int> take_list(std::initializer_list<Tracked> list) {
  int in_place = 0;
  for (const Tracked& s : list) in_place += s.in_place();
  co_await Pause();
  co_return in_place;
}
Task<int> braces_for_a_vector() { co_return co_await take_vector({Tracked(1), Tracked(2)}) == 2; }
Task<int> braces_for_a_list() { co_return co_await take_list({Tracked(1), Tracked(2)}) == 2; }
#endif
Task<int> braces_for_an_aggregate() {
  co_return co_await take_aggregate({.number = 1, .tracked = Tracked(2), .text = long_text}) == 1;
}
Task<int> named_aggregate() {
  Aggregate a{1, Tracked(2), long_text};
  co_return co_await take_aggregate(std::move(a)) == 1;
}
Task<int> throw_while_making_an_argument() {
  try {
    co_await take(Tracked(co_await fail()));
  } catch (const std::exception&) {
    co_return 1;
  }
  co_return 0;
}
Task<int> two_awaits_in_a_sum() { co_return co_await number(1) + co_await take(Tracked(2)) == 3; }
Task<int> await_as_argument() { co_return co_await take(co_await make(6)) == 6; }
Task<int> member_function() {
  Object object;
  co_return co_await object.add_one() == 6;
}
Task<int> named_lambda_with_references() {
  Tracked s(9);
  auto f = [&](int k) -> Task<int> {
    co_await Pause();
    co_return s.value + k;
  };
  co_return co_await f(1) == 10;
}
Task<int> named_lambda_with_captures() {
  Tracked s(9);
  auto f = [s](int k) -> Task<int> {
    co_await Pause();
    co_return s.in_place() ? s.value + k : -1;
  };
  co_return co_await f(1) == 10;
}
Task<int> lambda_coroutine_called_at_once() {
  Tracked s(9);
  co_return co_await [s](int k) -> Task<int> {
    co_await Pause();
    co_return s.in_place() ? s.value + k : -1;
  }(1) == 10;
}
Task<int> sum_of_strings() {
  std::string a(40, 'a');
  auto f = [](std::string s) -> Task<int> {
    co_await Pause();
    co_return int(s.size());
  };
  co_return co_await f(a + "b") == 41;
}
Task<int> unique_pointer() {
  auto f = [](std::unique_ptr<Tracked> p) -> Task<int> {
    co_await Pause();
    co_return p->value;
  };
  co_return co_await f(std::make_unique<Tracked>(4)) == 4;
}
Task<int> stored_function() {
  std::function<Task<Aggregate>(const Tracked&)> handler = [k = Tracked(3)](const Tracked& s) -> Task<Aggregate> {
    co_await Pause();
    co_return Aggregate{.number = s.value, .tracked = Tracked(k.value - 1), .text = long_text};
  };
  Tracked request(1);
  Aggregate a = co_await handler(request);
  co_return a.good();
}
Task<int> view_of_a_local_string() {
  std::string text(50, 'q');
  auto f = [](std::string_view v) -> Task<int> {
    co_await Pause();
    co_return int(v.size());
  };
  int n = co_await f(text);
  co_return n == 50;
}

class AwaitedArguments : public HazardTest {};

constexpr auto wrong_on_gcc = Expected::wrong_on_gcc;

constexpr Hazard hazards[] = {
    {"temporary_by_value", temporary_by_value},
    {"temporary_by_reference", temporary_by_reference},
    {"temporary_by_rvalue_reference", temporary_by_rvalue_reference},
    {"lambda_as_function", lambda_as_function, wrong_on_gcc},
    {"lambda_as_template", lambda_as_template, wrong_on_gcc},
    {"lambda_with_moved_aggregate", lambda_with_moved_aggregate, wrong_on_gcc},
#if defined(__clang__) || __GNUC__ >= 13
    {"braces_for_a_vector", braces_for_a_vector, wrong_on_gcc},
    {"braces_for_a_list", braces_for_a_list, wrong_on_gcc},
#endif
    {"braces_for_an_aggregate", braces_for_an_aggregate, wrong_on_gcc},
    {"named_aggregate", named_aggregate},
    {"throw_while_making_an_argument", throw_while_making_an_argument},
    {"two_awaits_in_a_sum", two_awaits_in_a_sum},
    {"await_as_argument", await_as_argument},
    {"member_function", member_function},
    {"named_lambda_with_references", named_lambda_with_references},
    {"named_lambda_with_captures", named_lambda_with_captures},
    {"lambda_coroutine_called_at_once", lambda_coroutine_called_at_once, wrong_on_gcc},
    {"sum_of_strings", sum_of_strings},
    {"unique_pointer", unique_pointer},
    {"stored_function", stored_function},
    {"view_of_a_local_string", view_of_a_local_string},
};

INSTANTIATE_TEST_SUITE_P(Hazards, AwaitedArguments, testing::ValuesIn(hazards), name_of);

TEST_P(AwaitedArguments, is_as_known_for_this_compiler) { check(GetParam()); }

}  // namespace

}  // namespace webserv::detail::hazards
