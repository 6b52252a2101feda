// How large the head of a request may be.
#pragma once

#include <cstddef>

namespace webserv {

struct HeadLimits {
  size_t head_size = 16 * 1024;  // bytes of request line and fields: 431 above, 414 where the target alone is longer
  size_t fields = 100;           // number of fields: 431 above
};

}  // namespace webserv
