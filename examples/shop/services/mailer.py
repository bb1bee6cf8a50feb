"""The shop's mailer, in Python's standard library: the mesh does not care what a service is written in."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_BODY_BYTES = 64 * 1024


class Email(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200 if self.path == "/healthz" else 404, {"ok": self.path == "/healthz"})

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if length > MAX_BODY_BYTES:
            self.close_connection = True
            return self.answer(413, {"error": "the body is larger than 64 KiB"})
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            return self.answer(400, {"error": "the body is not JSON"})
        if self.path != "/confirmation":
            return self.answer(404, {"error": f"nothing is at {self.path}"})
        if "@" not in str(body.get("to", "")):
            return self.answer(400, {"error": "to whom?"})
        self.answer(200, {"sent": True})

    def answer(self, status, value):
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.send_header("x-version", os.environ.get("SERVICE_VERSION", "v1"))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """The access log is the mesh's."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Email)
    server.daemon_threads = True
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    server.serve_forever()
