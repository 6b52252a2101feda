#include "app/schema/synonyms.h"

#include <algorithm>
#include <array>
#include <string>

#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr TableSet hosts = {Table::file, Table::server, Table::vhost, Table::route, Table::listener};
constexpr TableSet routes = {Table::vhost, Table::route};

constexpr std::string_view no_proxy = "webserv passes no requests on to other servers: remove it";
constexpr std::string_view no_access_rules = "webserv has no rules of access by address or password: remove it";
constexpr std::string_view no_conditions = "webserv has no conditions and variables: remove it";
constexpr std::string_view built_in = "remove it: webserv does this by itself";
constexpr std::string_view by_systemd = "remove it: the unit sets this, as in User=";

// Those for a few tables come before those for all.
constexpr auto synonyms = std::to_array<Synonym>({
    // Within the tables that say how a route answers.
    {"body content message html string", "did you mean `text`?", "text", {Table::respond}},
    {"code statuscode", "did you mean `status`?", "status", {Table::respond, Table::redirect}},
    {"contenttype mediatype mime mimetype", "did you mean `type`?", "type", {Table::respond}},
    {"url uri target location destination path href", "did you mean `to`?", "to", {Table::redirect}},
    {"from source match", "remove it: what is redirected is the path of the route", "", {Table::redirect}},
    {"permanent", "write status = 301 or 308, which are permanent, or 302 or 307", "", {Table::redirect}},

    // What runs, and what it may use.
    {"directory dir folder path scripts scriptdir", "did you mean `root`?", "root", {Table::cgi}},
    {"handlers handler interpreter extensions", "did you mean `interpreters`?", "interpreters", {Table::cgi}},
    {"script binary command exec executable pass", "did you mean `program`?", "program", {Table::cgi}},
    {"timeout timelimit maxtime walltime", "did you mean `time`?", "time", {Table::cgi_limits}},
    {"mem memorylimit maxmemory ram memorymax", "did you mean `memory`?", "memory", {Table::cgi_limits}},
    {"processes procs threads pids tasksmax", "did you mean `tasks`?", "tasks", {Table::cgi_limits}},
    {"parallel workers instances maxconcurrent max runs",
     "did you mean `concurrency`?",
     "concurrency",
     {Table::cgi_limits}},
    {"cpu weight nice cpuweight", "did you mean `cpu_weight`?", "cpu_weight", {Table::cgi_limits}},

    // Within other tables.
    {"mode socketmode permissions perms owner socketuser socketgroup socketowner umask",
     "remove it: the socket unit sets this, as in SocketMode=",
     "",
     {Table::listener}},
    {"addresses", "did you mean `address`?", "address", {Table::listener}},
    {"port listen bind host hosts ip addr socket url",
     "write address = \"127.0.0.1:8080\", or \"*:80\" for all interfaces",
     "address",
     {Table::listener}},
    {"acceptproxy proxyproto haproxy proxyv2 expectproxy",
     "did you mean `proxy_protocol`?",
     "proxy_protocol",
     {Table::listener}},
    {"setrealipfrom realip remoteiptrustedproxy remoteipinternalproxy extforwardforwarder trustforwarded "
     "forwardedallowips "
     "trustedproxiesunix",
     "write trusted_proxies = [\"127.0.0.1\"] in the table of the listener", "trusted_proxies", TableSet::all()},
    {"realipheader remoteipheader extforwardheaders forwardedfor realiprecursive clientipheaders",
     "remove it: of `trusted_proxies` Forwarded and X-Forwarded-For are read, from the right to the first who is not "
     "one",
     "", TableSet::all()},
    {"servername servernames",
     "the names of a host stand in its own table: [vhost.\"example.org\"]",
     "",
     {Table::listener, Table::server, Table::file}},
    {"file path output target error dir errorlog customlog logfile accesslogpath",
     "remove it: the log goes to standard error, which systemd takes to the journal",
     "",
     {Table::log}},
    {"accesslog format accessformat logformat",
     "write access = \"json\", \"combined\", \"journal\" or \"off\"",
     "access",
     {Table::log}},
    {"loglevel errorloglevel verbosity", "did you mean `level`?", "level", {Table::log}},
    {"keepalive keepalivetimeout idletimeout", "did you mean `idle`?", "idle", {Table::timeouts}},
    {"read request readtimeout requesttimeout requestreadtimeout recv receive client total timeout",
     "`head` is how long a request's line and fields may take, and `body` how long its body may rest",
     "",
     {Table::timeouts}},
    {"header headers readheader clientheader", "did you mean `head`?", "head", {Table::timeouts}},
    {"connect connecttimeout proxy upstream", no_proxy, "", {Table::timeouts}},
    {"readbody clientbody upload", "did you mean `body`?", "body", {Table::timeouts}},
    {"send response writetimeout", "did you mean `write`?", "write", {Table::timeouts}},
    {"shutdown graceful grace stop", "did you mean `drain`?", "drain", {Table::timeouts}},
    {"headersize headerssize maxheadersize maxheadsize", "did you mean `head_size`?", "head_size", {Table::limits}},
    {"headers maxheaders maxfields", "did you mean `fields`?", "fields", {Table::limits}},
    {"body size maxbody requestbody maxsize", "did you mean `body_size`?", "body_size", {Table::limits}},
    {"maxclients clients", "did you mean `connections`?", "connections", {Table::limits}},
    {"perip connectionsperip maxperip",
     "did you mean `connections_per_client`?",
     "connections_per_client",
     {Table::limits}},

    // Hosts.
    {"listeners entrypoints entrypoint ports", "write a table [listener.http]", "listener", {Table::file}},
    {"alias", "did you mean `aliases`? A folder is the `root`", "aliases", {Table::vhost}},
    {"servername servernames domain domains hostname hostnames host names name",
     "a host's name is that of its table, [vhost.\"example.org\"]; further ones are its `aliases`", "", routes},
    {"serveralias serveraliases", "did you mean `aliases`?", "aliases", routes},
    {"virtualhost virtualhosts host hosts site sites domain domains website websites servers",
     "write a table [vhost.\"example.org\"]",
     "vhost",
     {Table::file}},
    {"location locations handle handlepath", "write a table [vhost.\"example.org\".route.\"/x/\"]", "route", hosts},
    {"file", "write root = \"...\": of one file, where the route's path has no \"/\" at its end", "root", routes},
    {"php phpcgi python perl", "write scripts = { \".php\" = \"/usr/bin/php-cgi\" } beside a `root`", "root", routes},
    {"handler handlers kind module", "remove it: `root`, `cgi`, `redirect` or `respond` says what answers", "", routes},
    {"path paths prefix", "a route's path is that of its table, [vhost.NAME.route.\"/x/\"]; a folder is its `root`", "",
     routes},
    {"listen port bind addresses httpport serverport serverbind interface",
     "write address = \"*:80\" in a table [listener.http]", "", hosts},

    // Files.
    {"documentroot docroot webroot wwwroot wwwdir directory dir folder static staticdir staticfiles staticroot public "
     "publicdir serverdocumentroot files fileserver fileserve browseroot",
     "write root = \"...\", the folder of the files", "root", hosts},
    {"alias",
     "further names of a host are its `aliases`; a folder is a route's `root`, and the route's path is taken off "
     "before it",
     "root", hosts},
    {"autoindex directorylisting dirlisting dirlist browse indexes options dirlistingactivate dirindex list "
     "listdirectory autoindexing",
     "write listing = true", "listing", hosts},
    {"directoryindex indexfile indexfiles indexfilenames defaultfile indexes defaultdocument",
     "write index = [\"index.html\"]", "index", hosts},
    {"tryfiles fallbackresource spa singlepage notfound history historyfallback",
     "write fallback = \"/index.html\": it answers where there is no file", "fallback", hosts},
    {"errorpage errordocument errordocuments errors handleerrors errorpage404 servererror404 error404 errorfile "
     "errorhandler404 servererrorhandler404",
     "write error_pages = { 404 = \"404.html\", 5xx = \"5xx.html\" }", "error_pages", hosts},
    {"addheader header headers setheader responseheaders addheaders setenvaddresponseheader extraheaders",
     "write fields = { X-Frame-Options = \"DENY\" }", "fields", hosts},
    {"servertokens serversignature servertag", "write fields = { Server = \"\" }, which removes the field", "",
     TableSet::all()},
    {"expires expiresactive expiresbytype maxage cache caching expireurl cachetime cachecontrolmaxage",
     "write cache_control = \"max-age=3600\"", "cache_control", hosts},
    {"gzip brotli zstd encode deflate compress deflatefilter gziptypes gzipcomplevel adddeflate",
     "webserv does not compress on the fly yet; with precompressed = true it sends name.gz that stands beside a file",
     "", TableSet::all()},
    {"gzipstatic brotlistatic precompress", "write precompressed = true", "precompressed", hosts},
    {"dotfiles hidden showhidden allowdotfiles", "write hidden_files = true", "hidden_files", hosts},
    {"followsymlinks disablesymlinks symlink followsymlink",
     "links below the root are followed; folders elsewhere that they may lead into are `symlinks`", "symlinks", hosts},
    {"types mimetypes addtype defaulttype mime mimetypeassign charset adddefaultcharset",
     "remove it: media types are built in", "", TableSet::all()},

    // Answers.
    {"return rewrite redir redirectmatch redirectpermanent redirects rewriterule rewriteengine urlredirect urlrewrite "
     "rewriteonce forward permanentredirect",
     "write redirect = { to = \"/new\", status = 301 }, or respond = { text = \"...\" }", "redirect", hosts},
    {"response reply answer text", "write respond = { text = \"...\" }", "respond", hosts},
    {"allowedmethods allowmethods limitexcept method verbs verb", "write methods = [\"GET\"]", "methods", routes},
    {"proxypass reverseproxy proxy upstream upstreams proxypassreverse proxypassmatch proxyserver backend "
     "proxysetheader proxyhttpversion proxyredirect proxybuffering proxyreadtimeout balancer loadbalancer transport",
     no_proxy, "root", TableSet::all()},
    {"fastcgi fastcgipass fastcgiserver phpfastcgi uwsgipass scgipass fastcgiparam fastcgiindex fpm phpfpm",
     "webserv speaks no FastCGI: it runs CGI programs itself, with `cgi`", "root", TableSet::all()},
    {"scriptalias cgibin cgiassign cgidir addhandler scripthandler action",
     "write cgi = { root = \"cgi-bin\" } in a route", "cgi", hosts},
    {"stubstatus serverstatus metrics statusurl", "write status = true in a route", "status", hosts},
    {"websockets ws wss", "write websocket = { handler = \"echo\" } in a route", "websocket", hosts},
    {"uploads uploaddir uploadstore uploadpath dav davmethods", "write upload = { directory = \"uploads\" } in a route",
     "upload", hosts},

    // Limits.
    {"clientmaxbodysize limitrequestbody maxbodysize maxrequestsize maxrequestbodysize requestbody bodylimit maxbody "
     "uploadlimit maxuploadsize servermaxrequestsize requestmaxbodysize bodymaxsize maxsize",
     "write body_size = \"10M\", here or in [limits]", "body_size", routes},
    {"clientmaxbodysize limitrequestbody maxbodysize maxrequestsize maxrequestbodysize requestbody bodylimit maxbody "
     "uploadlimit maxuploadsize servermaxrequestsize requestmaxbodysize bodymaxsize maxsize",
     "write body_size = \"10M\" in [limits]", "body_size", TableSet::all()},
    {"largeclientheaderbuffers clientheaderbuffersize limitrequestfieldsize limitrequestline maxheadersize "
     "maxheaderbytes",
     "write head_size = \"16K\" in [limits]", "", TableSet::all()},
    {"limitrequestfields maxheaders", "write fields = 100 in [limits]", "", TableSet::all()},
    {"workerconnections maxconnections maxclients maxrequestworkers servermaxconnections maxconn",
     "write connections = 8192 in [limits]", "", TableSet::all()},
    {"limitconn limitconnzone perip connectionsperip", "write connections_per_client = 256 in [limits]", "",
     TableSet::all()},
    {"keepaliverequests maxkeepaliverequests servermaxkeepaliverequests",
     "write requests_per_connection = 10000 in [limits]", "", TableSet::all()},
    {"limitreq limitreqzone ratelimit limitrate rate requestrate rps",
     "webserv limits no rates of requests; connections_per_client in [limits] limits what one address holds", "",
     TableSet::all()},
    {"keepalivetimeout keepalive idletimeout servermaxkeepaliveidle", "write idle = \"15s\" in [timeouts]", "",
     TableSet::all()},
    {"clientheadertimeout requestreadtimeout readheadertimeout headertimeout readtimeout",
     "write head = \"10s\" in [timeouts]", "", TableSet::all()},
    {"clientbodytimeout bodytimeout readbodytimeout", "write body = \"30s\"", "", TableSet::all()},
    {"sendtimeout writetimeout servermaxwriteidle", "write write = \"30s\"", "", TableSet::all()},
    {"workershutdowntimeout graceperiod gracefulshutdowntimeout shutdowntimeout", "write drain = \"20s\" in [timeouts]",
     "", TableSet::all()},
    {"timeout",
     "[timeouts] has idle, head, body, write and drain",
     "",
     {Table::server, Table::vhost, Table::route, Table::listener, Table::limits}},

    // The process.
    {"workerprocesses threads threadsperchild startservers processes cpus servermaxworker workercount numworkers nproc",
     "write workers = 4 in [server]", "", TableSet::all()},
    {"user group pid pidfile daemon chroot username groupname serverusername workerrlimitnofile umask", by_systemd, "",
     TableSet::all()},
    {"errorlog loglevel debug verbose logging", "write level = \"info\" in [log]", "", TableSet::all()},
    {"accesslog accesslogfilename customlog logformat transferlog", "write access = \"json\" in [log]", "",
     TableSet::all()},
    {"include import includes loadmodule servermodules modules", "remove it: one file is the whole configuration", "",
     TableSet::all()},
    {"http https events stream",
     "remove it: listeners, limits and hosts have tables of their own, [listener.http], [limits], "
     "[vhost.\"example.org\"]",
     "",
     {Table::file}},
    {"ssl sslcertificate sslcertificatekey sslcertificatefile sslcertificatekeyfile sslengine certificate cert certs "
     "sslprotocols sslciphers https acme letsencrypt hsts httpsredirect httpsonly forcehttps forcessl sslredirect "
     "autohttps",
     "this version serves no TLS: put a proxy in front that ends it", "", TableSet::all()},
    {"http2 http3 h2 quic", "this version serves HTTP/1.1: remove it", "", TableSet::all()},
    {"allow deny authbasic basicauth authtype authuserfile basicauthuserfile require satisfy orderallow auth "
     "authbackend password",
     no_access_rules, "", TableSet::all()},
    {"if set map geo matcher match when setenvif rewritecond", no_conditions, "", TableSet::all()},
    {"sendfile tcpnopush tcpnodelay aio directio openfilecache enablesendfile multiaccept use reuseport backlog",
     built_in, "", TableSet::all()},
    {"cors accesscontrolalloworigin", "write fields = { Access-Control-Allow-Origin = \"...\" }", "fields", hosts},
    {"resolver dns", "remove it: webserv looks up no names", "", TableSet::all()},
    {"sessions cookies", "write [session]", "", TableSet::all()},
    {"version", "remove it", "", {Table::file}},
});

std::string without_style(std::string_view word) {
  std::string plain = to_lower(word);
  std::erase_if(plain, [](char c) { return c == '_' || c == '-' || c == '.' || c == ' '; });
  return plain;
}

bool has(std::string_view words, std::string_view word) {
  for (size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

const Synonym* find_synonym(std::string_view word, std::span<const Table> tables) {
  constexpr size_t longest = 40;
  if (word.empty() || word.size() > longest) return nullptr;
  const std::string plain = without_style(word);
  if (plain.empty()) return nullptr;
  for (const Synonym& synonym : synonyms) {
    const auto is_meant = [&](Table table) { return synonym.typed_in.contains(table); };
    if (has(synonym.words, plain) && std::ranges::any_of(tables, is_meant)) return &synonym;
  }
  return nullptr;
}

}  // namespace webserv::app
