// The keys of a listener that say who may name the client.
#pragma once

#include "app/schema/section_reader.h"
#include "webserv/http/trusted_proxies.h"

namespace webserv::app {

TrustedProxies read_trusted_proxies(const SectionReader& listener);
bool read_proxy_protocol(const SectionReader& listener);

}  // namespace webserv::app
