import sys

from twisted.internet import defer, reactor
from twisted.mail import smtp
from zope.interface import implementer


@implementer(smtp.IMessage)
class Message:
    def __init__(self):
        self.octets = 0

    def lineReceived(self, line):
        self.octets += len(line) + 2

    def eomReceived(self):
        return defer.succeed(None)

    def connectionLost(self):
        pass


@implementer(smtp.IMessageDelivery)
class Delivery:
    def receivedHeader(self, helo, origin, recipients):
        return b"Received: by bench"

    def validateFrom(self, helo, origin):
        return origin

    def validateTo(self, user):
        return Message


class Factory(smtp.SMTPFactory):
    protocol = smtp.ESMTP
    noisy = False

    def buildProtocol(self, address):
        protocol = smtp.SMTPFactory.buildProtocol(self, address)
        protocol.delivery = Delivery()
        return protocol


port = reactor.listenTCP(0, Factory(), backlog=4096, interface="127.0.0.1")
print("listening", port.getHost().port)
sys.stdout.flush()
reactor.run()
