/** Zones full of what is seldom, by their names: each leads into the others. */
export const oddZones: Readonly<Record<string, string>> = {
  "example.org": `$TTL 3600
@ SOA ns host 7 7200 900 1209600 300
@ NS ns
@ NS ns.example.net.
@ MX 10 mail
@ MX 20 mail.example.net.
@ TXT "apex"
@ CAA 0 issue "ca.example"
ns A 192.0.2.1
ns AAAA 2001:db8::1
mail A 192.0.2.25
; names between others
a.b.c.d A 192.0.2.2
x.y.ent TXT "deep"
; wildcards
*.w A 192.0.2.3
*.w MX 5 mail
*.w TXT "wild"
exact.w TXT "exact"
below.exact2.w A 192.0.2.4
*.cw CNAME www
*.gone CNAME nothing.gone2
*.loopw CNAME a.loopw
sub.*.sw TXT "below an asterisk"
*.ww TXT "outer"
*.x.ww TXT "inner"
*.ent2.we A 192.0.2.60
; chains
www CNAME web
web A 192.0.2.5
web AAAA 2001:db8::5
web TXT "web"
c1 CNAME c2
c2 CNAME c3
c3 CNAME c4
c4 CNAME www
loop1 CNAME loop2
loop2 CNAME loop1
self CNAME self
out CNAME www.example.net.
far CNAME www.example.com.
dead CNAME nothing
todel CNAME host.del
tosub CNAME www.sub
tow CNAME any.w
todname CNAME q.dn
; delegations
del NS ns.del
del NS ns.del2
del NS ns
del DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000
ns.del A 192.0.2.6
ns.del AAAA 2001:db8::6
hidden.del TXT "nobody sees this"
*.del A 192.0.2.99
del2 NS ns.del2
ns.del2 A 192.0.2.7
noglue NS ns.elsewhere.example.
deep.er.del3 NS ns.deep.er.del3
ns.deep.er.del3 A 192.0.2.8
wdel.w NS ns.wdel.w
ns.wdel.w A 192.0.2.9
; zones of their own
sub NS ns.sub
sub DS 1 8 2 1111111111111111111111111111111111111111111111111111111111111111
ns.sub A 192.0.2.10
; DNAME
dn DNAME target.dt
dn TXT "beside"
www.target.dt A 192.0.2.11
*.target.dt TXT "wild behind a DNAME"
dnout DNAME example.net.
dndn DNAME dn
dnloop DNAME x.dnloop
dnlong DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
todel2 DNAME del
; pointers
srv SRV 0 0 22 web
srv SRV 1 0 22 any.w
svc HTTPS 1 . alpn=h2
svc A 192.0.2.12
svc2 HTTPS 1 web
mx MX 1 host.del
mx MX 2 www
mx MX 3 ns
ptr PTR web
; spelling
MiXeD A 192.0.2.13
mixed TXT "Case"
under_score TXT "x"
\\065\\.b TXT "a dot inside"
1.2.3 PTR web
`,
  "sub.example.org": `$TTL 600
@ SOA ns host 3 7200 900 1209600 100
@ NS ns
ns A 192.0.2.10
www A 192.0.2.20
back CNAME www.example.org.
inner NS ns.inner
ns.inner A 192.0.2.21
`,
  "example.net": `$TTL 60
@ 30 SOA ns host 9 7200 900 1209600 900
@ NS ns
ns A 198.51.100.1
mail A 198.51.100.25
www CNAME web
web A 198.51.100.2
toorg CNAME www.example.org.
pingpong CNAME pongping.example.org.
q.w TXT "q"
`,
};

/** Names of these zones, and names that are nearly theirs. */
export function oddNames(): readonly string[] {
  const names = new Set<string>();
  for (const [origin, text] of Object.entries(oddZones)) {
    for (const line of text.split("\n").slice(2)) {
      const owner = line.split(" ")[0]!;
      if (owner === ";" || owner === "") continue;
      const name = owner === "@" ? `${origin}.` : `${owner}.${origin}.`;
      const above = name.slice(name.indexOf(".") + 1);
      for (const one of [
        name,
        above,
        `x.${name}`,
        `*.${name}`,
        `a.b.${name}`,
        `ns.${name}`,
        `www.${name}`,
        `z.${above}`,
        `q.r.s.${above}`,
      ])
        if (one.endsWith(`${origin}.`)) names.add(one);
      names.add(name.toUpperCase());
    }
  }
  const long = ["a".repeat(63), "b".repeat(63), "c".repeat(63)].join(".");
  for (const name of [`${long}.dnlong.example.org.`, `${long}.example.org.`, "www.example.com.", "org."])
    names.add(name);
  return [...names];
}

export const oddTypes = [
  "A",
  "AAAA",
  "NS",
  "SOA",
  "MX",
  "TXT",
  "CNAME",
  "DNAME",
  "DS",
  "SRV",
  "HTTPS",
  "PTR",
  "CAA",
] as const;
