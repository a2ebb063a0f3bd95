"""A static HTTP server on this machine that can be told to fail, as real ones do."""

import collections
import contextlib
import functools
import http.server
import pathlib
import threading


class _Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.asked[self.path] += 1
        fault = self.server.fault(self.path, self.server.asked[self.path])
        path = pathlib.Path(self.translate_path(self.path))
        if fault == "503" or not path.is_file():
            self.send_error(503 if fault == "503" else 404)
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if fault == "wrong":
            content = bytes([content[0] ^ 1]) + content[1:]
        if fault == "slow":
            threading.Event().wait(self.server.pause)  # tests replace time.sleep
        with contextlib.suppress(ConnectionError):  # of a client that does not wait
            self.wfile.write(content[: len(content) // 2] if fault == "truncated" else content)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(folder, fault=lambda path, attempt: None, pause=0.2):
    """Serves a folder; gives the server, with its `address` and `asked`, {path: how often}.

    Args:
        fault: function (path, how many times it has been asked for) -> None, or how the answer fails: "503",
            "truncated", "wrong" (a bit is), "slow" (by `pause` seconds).
    """
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=folder))
    server.fault, server.pause, server.asked = fault, pause, collections.Counter()
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
