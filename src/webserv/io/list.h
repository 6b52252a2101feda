// An intrusive list: what hangs in it takes itself out when it is destroyed, and costs no allocation.
#pragma once

namespace webserv::detail {

struct Link {
  Link* previous = this;
  Link* next = this;

  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { unlink(); }

  bool linked() const { return next != this; }
  void unlink() {
    previous->next = next;
    next->previous = previous;
    previous = next = this;
  }
  void insert_before(Link& at) {
    previous = at.previous;
    next = &at;
    at.previous->next = this;
    at.previous = this;
  }
};

// T derives from Link. The list does not own its elements.
template <class T>
class List {
 public:
  bool empty() const { return !head_.linked(); }
  T& front() { return static_cast<T&>(*head_.next); }
  void push_back(T& element) {
    element.Link::unlink();
    element.Link::insert_before(head_);
  }
  // Takes over all elements of `other`, behind those that are here.
  void take_all(List& other) {
    while (!other.empty()) push_back(other.front());
  }

  // Visits each element; the visited one may take itself out.
  template <class Visit>
  void for_each(Visit visit) {
    for (Link* link = head_.next; link != &head_;) {
      Link* next = link->next;
      visit(static_cast<T&>(*link));
      link = next;
    }
  }

 private:
  Link head_;
};

}  // namespace webserv::detail
