#include "webserv/handlers/routes.h"

#include <algorithm>

#include "webserv/handlers/redirect.h"

namespace webserv {

using namespace detail;

namespace {

// Makes what follows from the methods: HEAD comes with GET, OPTIONS is always answered.
void complete(Route& route) {
  if (route.methods.contains(Method::get)) route.methods.insert(Method::head);
  MethodSet allowed = route.methods;
  allowed.insert(Method::options);
  route.allow = allow_value(allowed);
}

Response nothing_here(Request&) { return error(Status::not_found, "no route has this path"); }

Response options(const Route& route) {
  Response response;
  response.status = Status::no_content;
  response.fields.add("Allow", route.allow);
  return response;
}

Response method_not_allowed(const Route& route) {
  Response response = error(Status::method_not_allowed, "the route does not offer this method");
  response.fields.add("Allow", route.allow);
  return response;
}

bool too_large(Request& request) {
  if (!request.head().fields.has(FieldName::content_length)) return false;
  return request.body().length().value_or(0) > request.limits.body_size;
}

Answer ask(Request& request, const Route& route, bool add_slash) {
  Method method = request.method();
  if (!route.methods.contains(method)) {
    Response response = method == Method::options ? options(route) : method_not_allowed(route);
    response.close = too_large(request);
    return response;
  }
  if (too_large(request)) return closing(error(Status::content_too_large, "the body is larger than the route takes"));
  if (add_slash) {
    std::string location = location_with_slash(request.path(), request.head().target);
    return redirect_to(location, Status::permanent_redirect);
  }
  return route.handler(request);
}

}  // namespace

Routes::Routes(std::string host, std::vector<Route> routes, RouteLimits limits, Finish finish)
    : host_(std::move(host)), routes_(std::move(routes)), nodes_(1) {
  nowhere_.handler = nothing_here;
  nowhere_.methods = {Method::get, Method::post, Method::put, Method::delete_, Method::options, Method::patch};
  nowhere_.limits = whole_.limits = limits;
  nowhere_.finish = whole_.finish = std::move(finish);
  whole_.handler = nothing_here;
  for (uint32_t number = 0; number < routes_.size(); ++number) {
    whole_.methods = whole_.methods | routes_[number].methods;
    complete(routes_[number]);
    insert(number);
  }
  complete(nowhere_);
  complete(whole_);
  whole_.methods = {};  // it offers what the routes do, but has nothing itself
}

void Routes::insert(uint32_t number) {
  std::string_view path = routes_[number].path;
  uint32_t node = 0;
  for (size_t begin = 1; begin < path.size();) {
    size_t end = std::min(path.find('/', begin), path.size());
    std::string_view segment = path.substr(begin, end - begin);
    uint32_t child = children_.find(node, segment);
    if (child == NameTable::none) {
      child = static_cast<uint32_t>(nodes_.size());
      nodes_.emplace_back();
      nodes_[node].has_children = true;
      children_.insert(node, segment, child);
    }
    node = child;
    begin = end + 1;
  }
  uint32_t& place = path.ends_with('/') ? nodes_[node].prefix : nodes_[node].exact;
  if (place == NameTable::none) place = number;
}

Routes::Match Routes::find_below(std::string_view path) const {
  const Node* node = nodes_.data();
  uint32_t longest = node->prefix;
  size_t begin = 1;
  while (node->has_children && begin < path.size()) {
    size_t end = std::min(path.find('/', begin), path.size());
    uint32_t child = children_.find(static_cast<uint32_t>(node - nodes_.data()), path.substr(begin, end - begin));
    if (child == NameTable::none) break;
    node = &nodes_[child];
    if (end == path.size()) {
      if (node->exact != NameTable::none) return {route_at(node->exact), false};
      if (node->prefix != NameTable::none) return {route_at(node->prefix), true};
      break;
    }
    if (node->prefix != NameTable::none) longest = node->prefix;
    begin = end + 1;
  }
  return {route_at(longest), false};
}

Answer Routes::operator()(Request& request) const {
  TargetForm form = request.head().target.form;
  bool has_path = form == TargetForm::origin || form == TargetForm::absolute;
  Match match = has_path ? find(request.path()) : Match();
  const Route* otherwise = has_path ? &nowhere_ : &whole_;
  const Route& route = match.route != nullptr ? *match.route : *otherwise;
  request.vhost = host_;
  request.route = route.path;
  request.limits = route.limits;
  request.finisher = &route.finish;
  return ask(request, route, match.add_slash);
}

}  // namespace webserv
