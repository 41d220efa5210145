"""Twisted Names with one zone, or with a cache before another server."""

import os

from twisted.internet import reactor
from twisted.names import authority, cache, client, dns, server


def text(name):
    return name.rstrip(".").encode()


class Zone(authority.FileAuthority):
    """The zone of the benchmark: its SOA, NS and A records."""

    def loadFile(self, filename):
        self.records = {}
        with open(filename) as lines:
            for line in lines:
                owner, ttl, _, kind, *data = line.split()
                record = getattr(self, "read" + kind)(data, int(ttl))
                if kind == "SOA":
                    self.soa = (text(owner), record)
                self.records.setdefault(text(owner), []).append(record)

    def readSOA(self, data, ttl):
        return dns.Record_SOA(text(data[0]), text(data[1]), *map(int, data[2:]), ttl=ttl)

    def readNS(self, data, ttl):
        return dns.Record_NS(text(data[0]), ttl=ttl)

    def readA(self, data, ttl):
        return dns.Record_A(data[0], ttl=ttl)


upstream = os.environ.get("BENCH_UPSTREAM")
if upstream is None:
    factory = server.DNSServerFactory(authorities=[Zone(os.environ["BENCH_ZONE"])])
else:
    factory = server.DNSServerFactory(
        caches=[cache.CacheResolver()],
        clients=[client.Resolver(servers=[("127.0.0.1", int(upstream))])],
    )
factory.noisy = False
port = reactor.listenUDP(0, dns.DNSDatagramProtocol(factory), interface="127.0.0.1")
print("listening %d" % port.getHost().port, flush=True)
reactor.run()
