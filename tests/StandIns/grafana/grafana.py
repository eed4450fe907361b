"""Stands in for Grafana in the compose tests: the provisioned files from where Grafana reads them, and three of its routes."""
import glob
import json
import re
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROVISIONING = "/etc/grafana/provisioning"


def read(folder, key):
    """The values of one key in the YAML files of a provisioning folder."""
    texts = [open(name, encoding="utf-8").read() for name in sorted(glob.glob(f"{PROVISIONING}/{folder}/*.yml"))]
    return [value for text in texts for value in re.findall(rf"^[\s-]*{key}: (.*)$", text, re.MULTILINE)]


SOURCES = dict(zip(read("datasources", "uid"), read("datasources", "url")))
DASHBOARDS = {}
for path in read("dashboards", "path"):
    for name in glob.glob(f"{path}/**/*.json", recursive=True):
        board = json.load(open(name, encoding="utf-8"))
        DASHBOARDS[board["uid"]] = board
# It keeps its database there.
open("/var/lib/grafana/grafana.db", "w", encoding="utf-8").close()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        proxied = re.fullmatch(r"/api/datasources/proxy/uid/([^/]+)/(.*)", path)
        if path == "/api/health":
            self.answer({"database": "ok", "version": "stand-in"})
        elif path == "/api/search":
            self.answer([{"uid": uid, "title": board["title"]} for uid, board in DASHBOARDS.items()])
        elif path.startswith("/api/dashboards/uid/") and path.rpartition("/")[2] in DASHBOARDS:
            self.answer({"dashboard": DASHBOARDS[path.rpartition("/")[2]]})
        elif proxied and proxied[1] in SOURCES:
            with urllib.request.urlopen(f"{SOURCES[proxied[1]]}/{proxied[2]}?{query}", timeout=10) as answer:
                self.answer(json.load(answer))
        else:
            self.send_error(404)

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("0.0.0.0", 3000), Handler).serve_forever()
