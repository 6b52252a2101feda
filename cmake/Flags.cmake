# webserv_flags: what every target of ours is compiled and linked with.

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-g -D_GLIBCXX_ASSERTIONS")
if(WEBSERV_ASSERTS)
  set(CMAKE_CXX_FLAGS_RELEASE "-O2")
endif()

add_library(webserv_flags INTERFACE)
target_include_directories(webserv_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(webserv_flags INTERFACE Threads::Threads)
target_compile_options(webserv_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Wold-style-cast)
# All functions of libraries are found at the start, in a table that nobody can write to any more; so calls of them need
# no way round.
target_compile_options(webserv_flags INTERFACE -fno-plt)
target_link_options(webserv_flags INTERFACE LINKER:-z,relro,-z,now)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False positives of g++ 12 in inlined std::string and std::variant (GCC PR 105329, 105562).
  target_compile_options(webserv_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()

if(WEBSERV_SANITIZE)
  # WEBSERV_SANITIZED: coroutine frames come from plain new, and bytes through the C library, so that nothing that is
  # wrong with them stays unseen.
  target_compile_definitions(webserv_flags INTERFACE WEBSERV_SANITIZED)
  target_compile_options(webserv_flags INTERFACE -fsanitize=${WEBSERV_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(webserv_flags INTERFACE -fsanitize=${WEBSERV_SANITIZE})
endif()
if(WEBSERV_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "WEBSERV_FUZZ needs clang, which brings libFuzzer; the preset fuzz chooses it")
  endif()
  target_compile_options(webserv_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
