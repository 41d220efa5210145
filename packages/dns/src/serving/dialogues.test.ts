import { recordsPlugin } from "./conversation.test.kit.ts";
import { dialogues } from "./dialogue.test.kit.ts";
import { dnsServer } from "./dns-server.ts";

const plain = () => dnsServer(recordsPlugin("www.example. 60 IN A 192.0.2.1", "big.example. 60 IN TXT x"));

dialogues(plain, {
  "questions are answered, with the case of their letters, and denied": `
    C: www.example A
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1
    C: WWW.eXample A +rd
    S: NOERROR aa rd: WWW.eXample. 60 IN A 192.0.2.1
    C: no.example A
    S: NXDOMAIN aa
    C: elsewhere.test A
    S: REFUSED`,

  "EDNS is answered with EDNS; a version that nobody speaks is BADVERS (RFC 6891 §6.1.3)": `
    C: www.example A +edns
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 []
    C: www.example A +version1
    S: BADVERS []`,

  "what says nothing of itself unless told to": `
    C: www.example A +nsid
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 []
    C: version.bind TXT CH
    S: REFUSED
    C: id.server TXT CH
    S: REFUSED`,

  "opcodes that nobody serves are NOTIMP (RFC 1035 §4.1.1)": `
    C: www.example A +iquery
    S: NOTIMP
    C: hex 0007 3000 0000 0000 0000 0000
    S: NOTIMP`,

  "two questions, none, leftovers, and a name that does not end are FORMERR (RFC 9619 §4)": `
    C: hex 0007 0000 0002 0000 0000 0000 0161 00 0001 0001 0162 00 0001 0001
    S: FORMERR
    C: hex 0007 0000 0000 0000 0000 0000
    S: FORMERR
    C: hex 0007 0000 0001 0000 0000 0000 0161 00 0001 0001 ff
    S: FORMERR
    C: hex 0007 0000 0001 0000 0000 0000 3f61
    S: FORMERR`,

  "a cookie of a wrong length, and two OPT records, are FORMERR (RFC 7873 §5.2.2, RFC 6891 §6.1.1)": `
    C: hex 0007 0000 0001 0000 0000 0001 0161 00 0001 0001 00 0029 04d0 00000000 0006 000a 0002 0102
    S: FORMERR
    C: hex 0007 0000 0001 0000 0000 0002 0161 00 0001 0001 00 0029 04d0 00000000 0000 00 0029 04d0 00000000 0000
    S: FORMERR`,

  "types that no question may have are FORMERR": `
    C: www.example OPT
    S: FORMERR
    C: www.example TSIG
    S: FORMERR`,

  "a cookie is answered with ours": `
    C: www.example A +cookie
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 [cookie]`,

  "without a question, a cookie is all that is asked for (RFC 7873 §5.4)": `
    C: hex 0007 0000 0000 0000 0000 0001 00 0029 04d0 00000000 000c 000a 0008 0102030405060708
    S: NOERROR [cookie]
    C: hex 0007 0000 0000 0000 0000 0001 00 0029 04d0 00000000 0014 000a 0010 01020304050607080102030405060708
    S: BADCOOKIE [cookie]`,

  "responses, fragments and silence are not answered (RFC 1035 §7.3)": {
    on: ["udp"],
    text: `
    C: www.example A +response
    S: nothing
    C: hex 0007 00
    S: nothing
    C: hex
    S: nothing`,
  },

  "what is no question ends a connection": {
    on: ["tcp", "memory", "tls"],
    text: `
    C: www.example A
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1
    C: www.example A +response
    S: nothing`,
  },

  "a keepalive is answered on connections (RFC 7828 §3.3.2)": {
    on: ["tcp", "memory", "tls"],
    text: `
    C: www.example A +keepalive
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 [tcp-keepalive]`,
  },

  "a keepalive in a datagram means nothing (RFC 7828 §3.2.2)": {
    on: ["udp"],
    text: `
    C: www.example A +keepalive
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 []`,
  },

  "padding is answered where nobody else can read (RFC 8467 §4.1)": {
    on: ["tls"],
    text: `
    C: www.example A +padding
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 [468 octets]
    C: www.example A +padding +cookie
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 [cookie 468 octets]
    C: www.example A +edns
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 []`,
  },

  "padding is not answered in clear (RFC 7830 §6)": {
    on: ["udp", "tcp"],
    text: `
    C: www.example A +padding
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 []`,
  },

  "whole zones do not go over datagrams (RFC 5936 §4.2)": {
    on: ["udp"],
    text: `
    C: example AXFR
    S: FORMERR`,
  },
});

const talkative = () =>
  dnsServer(recordsPlugin("www.example. 60 IN A 192.0.2.1"), {
    nsid: "one of many",
    version: "Hawser",
    hostname: "ns1.example",
    cookies: "off",
  });

dialogues(talkative, {
  "a server says of itself what it was told to (RFC 4892, RFC 5001)": `
    C: www.example A +nsid
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 [nsid]
    C: version.bind TXT CH
    S: NOERROR aa: version.bind. 0 CH TXT "Hawser"
    C: version.server TXT CH
    S: NOERROR aa: version.server. 0 CH TXT "Hawser"
    C: ID.server ANY CH
    S: NOERROR aa: ID.server. 0 CH TXT "ns1.example"
    C: hostname.bind A CH
    S: NOERROR aa
    C: version.bind TXT IN
    S: REFUSED`,

  "cookies that are off are as good as unknown": `
    C: www.example A +cookie
    S: NOERROR aa: www.example. 60 IN A 192.0.2.1 []`,
});
