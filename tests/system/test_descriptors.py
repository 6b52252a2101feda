"""Connections leave descriptors for what requests need: with few of them, whoever is served gets the file."""
import pathlib
import unittest

from server import Server, raise_descriptor_limit

FILES = {f"site/{number}.txt": f"file {number}\n" for number in range(400)}
SITE = """
[limits]
connections_per_client = 5000
[timeouts]
idle = "1h"
head = "1h"
[vhost."*"]
root = "site"
"""


class Descriptors(unittest.TestCase):
    def setUp(self):
        self.assertTrue(raise_descriptor_limit(4096), "this test needs 4096 descriptors of its own")

    def serve(self, limit, toml=SITE):
        return Server(toml, FILES, wrapper=["prlimit", f"--nofile={limit}:{limit}", "--"])

    def ask(self, client, number):
        answer = client.ask(f"/{number % len(FILES)}.txt")
        self.assertEqual((answer.status, answer.body), (200, f"file {number % len(FILES)}\n".encode()))

    def test_whoever_is_served_gets_the_file_beside_idle_connections(self):
        for limit, idle in ((1024, 1044), (256, 247), (250, 247), (128, 400)):
            with self.subTest(limit=limit), self.serve(limit) as server:
                clients = []
                try:
                    for number in range(idle):
                        clients.append(server.client())
                        # Each came when all places but its own were taken by idle ones.
                        self.ask(clients[-1], number)
                    # A file each that no cache has yet, while the others idle.
                    for number in range(idle, idle + 200):
                        with server.client() as client:
                            self.ask(client, number)
                    self.assertLess(server.descriptors(), limit)
                finally:
                    for client in clients:
                        client.close()
                self.assertEqual(server.errors().count('"event":"connections_fitted"'), 1)
                self.assertNotIn("no descriptor", server.errors())

    def test_a_reload_is_told_of_once(self):
        with self.serve(256) as server:
            server.reload()
            self.assertEqual(server.errors().count('"event":"connections_fitted"'), 1)
            file = pathlib.Path(server.path("webserv.toml"))
            file.write_text(file.read_text("utf-8").replace("[limits]", "[limits]\nconnections = 20000"), "utf-8")
            server.reload()
            self.assertEqual(server.errors().count('"event":"connections_fitted"'), 2)

    def test_too_few_are_a_wrong_start(self):
        with self.assertRaisesRegex(AssertionError, "exit code 78.*(?s:.*)the limit of 40 open files is too low"):
            self.serve(40).__enter__()


if __name__ == "__main__":
    unittest.main()
