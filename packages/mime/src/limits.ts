/** Octets of a line without its CRLF (RFC 5322 §2.1.1). */
export const mailLineOctetsMax = 998;

/** Octets of a line that are recommended (RFC 5322 §2.1.1). */
export const mailLineOctetsWanted = 78;

/** Octets of one part's header: what comes beyond is body. Postfix has 102,400 (`header_size_limit`). */
export const mimeHeaderOctetsMax = 262_144;

/** Fields of one header: more are read as one. Exim refuses more than 1,000 received lines long before. */
export const mimeFieldsMax = 10_000;

/** How deep parts may lie in each other: deeper ones are not taken apart. Dovecot has 100. */
export const mimeDepthMax = 100;

/** Parts of a message: when there are so many, no more are taken apart. Dovecot has 10,000. */
export const mimePartsMax = 10_000;

/** Octets of a boundary (RFC 2046 §5.1.1 says 70): longer ones are used by some, to be cut off by nobody. */
export const mimeBoundaryOctetsMax = 256;

/** Parameters of one field, continuations counted (RFC 2231 §3). */
export const mimeParametersMax = 256;

/** Addresses in one field: as many recipients as no server takes at once. */
export const mailAddressesMax = 10_000;

/** Octets of an encoded word (RFC 2047 §2). */
export const encodedWordOctetsMax = 75;

/** A line that has an encoded word in it (RFC 2047 §2). */
export const encodedLineOctetsMax = 76;

/** Octets of a local part (RFC 5321 §4.5.3.1.1). */
export const localPartOctetsMax = 64;

/** Octets of a domain (RFC 5321 §4.5.3.1.2). */
export const mailDomainOctetsMax = 255;
