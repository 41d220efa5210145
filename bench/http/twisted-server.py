import os
import sys

from twisted.internet import reactor
from twisted.web import resource, server, static


class Hello(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"content-type", b"text/plain; charset=utf-8")
        return b"Hello, world!"


root = resource.Resource()
root.putChild(b"hello", Hello())
root.putChild(b"files", static.File(os.environ["BENCH_FILES"]))
site = server.Site(root)
site.timeOut = 120
port = reactor.listenTCP(0, site, backlog=4096, interface="127.0.0.1")
print("listening", port.getHost().port)
sys.stdout.flush()
reactor.run()
