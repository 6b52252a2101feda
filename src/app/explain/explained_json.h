// Explanations as programs read them.
#pragma once

#include <string>

#include "app/explain/explanation.h"

namespace webserv::app {

// An object: the request, and a list of explanations.
std::string explained_json(const Explained& explained);

}  // namespace webserv::app
