"""What the measurements of this folder ask the server for.

One worker, and one thread that asks: the counts are the same each time.
"""
import dataclasses
import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))

from server import Client, Server, listening_socket  # noqa: E402  (found by the path above)

SITE = """
[server]
workers = 1
[limits]
requests_per_connection = "unlimited"
connections_per_client = 2000
[timeouts]
idle = "600s"
[log]
access = "%s"
[vhost."*"]
root = "www"
precompressed = %s
"""
PAGE = b"<!DOCTYPE html>\n<title>small</title>\n" + b"0123456789abcde\n" * 62
FILES = {"www/small.html": PAGE, "www/small.html.gz": PAGE[:300]}


@dataclasses.dataclass
class Workload:
    """A kind of load. Requests of a connection leave `depth` at a time, and more only when all of them are answered."""
    depth: int = 1
    connections: int = 1
    access: str = "off"
    precompressed: bool = False
    close: bool = False  # every request on a connection of its own

    def start(self, wrapper, environment=None):
        site = SITE % (self.access, str(self.precompressed).lower())
        # The server hears of a connection when its request is there, also where the client is kept from its turn between
        # the two: else a busy machine makes another count, of a read in vain and a turn of the loop more.
        listener = listening_socket()
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 60)
        server = Server(site, FILES, inherit=[listener], wrapper=wrapper, environment=environment)
        server.listener = listener  # open until then
        return server

    def request(self):
        fields = ["GET /small.html HTTP/1.1", "Host: 127.0.0.1:8080"]
        fields += ["Accept-Encoding: gzip"] * self.precompressed + ["Connection: close"] * self.close
        return "\r\n".join([*fields, "", ""]).encode()

    def run(self, server, count):
        """Asks so many times; every answer must be right."""
        expected = PAGE[:300] if self.precompressed else PAGE
        request = self.request() * self.depth
        time.sleep(0.3)  # a file that was written a moment ago is looked at again each time
        clients = [] if self.close else [Client(server.address, timeout=60) for _ in range(self.connections)]
        for _ in range(count // (self.depth * self.connections)):
            if self.close:
                clients = []
            for number in range(self.connections):
                if self.close:
                    clients.append(Client(server.address, timeout=60))
                clients[number].send(request)
            for client in clients:
                for _ in range(self.depth):
                    assert client.response().body == expected
                if self.close:
                    client.end()
                    client.close()
        for client in [] if self.close else clients:
            client.half_close()
            client.end()  # so that the server has seen each end before it stops
            client.close()


def per_request(workload, measure, few, many):
    """What a request costs: the difference between a long and a short run, so what start and end cost is not in it.

    `measure(count)` makes such a run and returns {name: number of all that it took}.
    """
    short, long = measure(workload, few), measure(workload, many)
    return {name: (long[name] - short.get(name, 0)) / (many - few) for name in long}
