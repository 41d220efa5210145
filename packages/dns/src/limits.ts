/** Octets of a message: its length has two octets over TCP (RFC 1035 §4.2.2). */
export const dnsMessageOctetsMax = 65_535;

/** Octets of a message over UDP when the asker says nothing else (RFC 1035 §4.2.1). */
export const dnsUdpOctetsMax = 512;

/** What we offer and send over UDP with EDNS: whole on every path of the Internet (DNS Flag Day 2020; RFC 9715 advises 1,400 at most). */
export const dnsUdpPayloadOctets = 1_232;

/** Octets of a name on the wire, its root label included (RFC 1035 §2.3.4). */
export const dnsNameOctetsMax = 255;

/** Octets of a label: its length has six bits (RFC 1035 §2.3.4). */
export const dnsLabelOctetsMax = 63;

/**
 * Compression pointers that one name may follow: as many as a name has labels at most. All point strictly backwards, so
 * none can be followed twice; the bound is on chains of pointers to pointers, which would make work grow as the square
 * of a message (RFC 9267 §2).
 */
export const dnsPointersMax = 127;

/** Names that the encoder remembers for compression: what does not fit is written out, so that work stays linear. */
export const dnsCompressionEntriesMax = 1_024;

/** Octets of a character-string: its length has one octet (RFC 1035 §3.3). */
export const dnsStringOctetsMax = 255;

/** Files that include each other (`$INCLUDE`, RFC 1035 §5.1): what goes deeper includes itself. BIND and NSD allow 10. */
export const dnsIncludeDepthMax = 10;

/** Records that one `$GENERATE` makes: a whole IPv4 network of 16 bits. */
export const dnsGeneratedMax = 65_536;

/** Octets of one entry of a master file, parentheses and all: four times the text of the largest record. */
export const dnsEntryCharactersMax = 1_048_576;
