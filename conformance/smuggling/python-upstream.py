"""python-upstream.py <port> <log>: tells each request as a line of JSON, and answers with its method and target."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

log = open(sys.argv[2], "a", buffering=1, encoding="latin-1")


def tell(method, target, body):
    log.write(json.dumps({"method": method, "target": target, "body": body}) + "\n")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def line(self):
        line = self.rfile.readline()
        if not line:
            raise ConnectionError("cut off")
        return line

    def chunks(self):
        body = b""
        while True:
            size = int(self.line(), 16)
            if size == 0:
                while self.line().strip():
                    pass
                return body
            body += self.rfile.read(size)
            self.line()

    def answer(self):
        coding = self.headers.get("Transfer-Encoding", "")
        length = int(self.headers.get("Content-Length", 0))
        body = self.chunks() if "chunked" in coding else self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError("cut off")
        tell(self.command, self.path, body.decode("latin-1"))
        text = f"{self.command} {self.path}".encode("latin-1")
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def send_error(self, code, message=None, explain=None):
        tell("refused", "by", "python")
        super().send_error(code, message, explain)

    def log_message(self, *_):
        pass


for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
    setattr(Handler, f"do_{method}", Handler.answer)


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
