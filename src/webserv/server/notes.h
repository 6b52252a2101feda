// What handlers attach to a request for others to find: one value of each type. The core knows none of them.
#pragma once

#include <memory>
#include <typeinfo>
#include <utility>

namespace webserv {

// Belongs to a request, and so to one thread. Nothing is allocated as long as nobody attaches anything.
class Notes {
 public:
  Notes() = default;
  Notes(const Notes&) = delete;

  // The note of that type; null where there is none.
  template <class T>
  T* find() const {
    for (Note* note = first_.get(); note != nullptr; note = note->next.get()) {
      if (*note->type == typeid(T)) return &static_cast<NoteOf<T>*>(note)->value;
    }
    return nullptr;
  }

  // The same, made of its default where there is none.
  template <class T>
  T& get() {
    T* found = find<T>();
    return found != nullptr ? *found : set(T());
  }

  // In place of one of that type.
  template <class T>
  T& set(T value) {
    if (T* found = find<T>()) return *found = std::move(value);
    auto note = std::make_unique<NoteOf<T>>(std::move(value));
    T& set = note->value;
    note->next = std::move(first_);
    first_ = std::move(note);
    return set;
  }

  void clear() { first_.reset(); }

 private:
  struct Note {
    explicit Note(const std::type_info& of) : type(&of) {}
    virtual ~Note() = default;
    const std::type_info* type;
    std::unique_ptr<Note> next;
  };
  template <class T>
  struct NoteOf final : Note {
    explicit NoteOf(T of) : Note(typeid(T)), value(std::move(of)) {}
    T value;
  };

  std::unique_ptr<Note> first_;
};

}  // namespace webserv
