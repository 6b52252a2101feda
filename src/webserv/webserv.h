// All that a program needs that serves by a closure: Server, Request, Response, and hosts and routes for several of
// them. Everything here is in the namespace webserv; what is in webserv::detail may change with every version.
//
//     webserv::Server server(0, webserv::Address("127.0.0.1:8080"),
//                            [](webserv::Request& request) { return webserv::text("hello\n"); });
//     server.run();
#pragma once

#include "webserv/base/clock.h"
#include "webserv/base/log.h"
#include "webserv/handlers/hosts.h"
#include "webserv/handlers/redirect.h"
#include "webserv/handlers/respond.h"
#include "webserv/handlers/routes.h"
#include "webserv/http/cookie.h"
#include "webserv/io/address.h"
#include "webserv/io/blocking.h"
#include "webserv/io/listener.h"
#include "webserv/server/application.h"
#include "webserv/server/server.h"
