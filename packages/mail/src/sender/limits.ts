/** DKIM signatures of a message that are looked at, from the top (RFC 6376 §6.1 leaves it open; opendkim: no bound, mailauth: none). */
export const dkimSignaturesMax = 8;

/** Bits of an RSA key below which a signature proves nothing (RFC 8301 §3.2). */
export const dkimRsaBitsMin = 1024;

/** Bits of an RSA key beyond which verifying costs more than mail is worth: RFC 8301 §3.2 asks for 4,096. */
export const dkimRsaBitsMax = 8192;

/** Octets of a key's record: an RSA key of 8,192 bits has 1,400. */
export const dkimKeyRecordOctetsMax = 4096;

/** Records of one key that are tried (RFC 6376 §6.1.2 leaves it open). */
export const dkimKeyRecordsMax = 3;

/** Seconds by which clocks may differ before a signature is from the future, or over. OpenDKIM has 300 (`ClockDrift`). */
export const dkimClockSkewSeconds = 300;

/** Octets of an SPF record: RFC 7208 §3.4 wants 450; more than a TXT record of eight strings is no policy. */
export const spfRecordOctetsMax = 2048;

/** Terms of one check, all included records together, that ask the DNS (RFC 7208 §4.6.4). */
export const spfLookupsMax = 10;

/** Answers without a record in one check (RFC 7208 §4.6.4). */
export const spfVoidLookupsMax = 2;

/** Names of an `mx` that are looked up, and names of an address (RFC 7208 §4.6.4). */
export const spfNamesMax = 10;

/** For a whole check, all lookups together: RFC 7208 §4.6.4 wants at least 20 seconds. */
export const spfTimeoutMs = 20_000;

/** Octets of an explanation that are shown to the sender: what fits into a reply of SMTP (RFC 5321 §4.5.3.1.5). */
export const spfExplanationOctetsMax = 400;

/** Octets of an expanded domain (RFC 7208 §7.3): what is longer loses labels on the left. */
export const spfDomainOctetsMax = 253;

/** Records that the tree walk asks for (RFC 9989 §4.10). */
export const dmarcLookupsMax = 8;

/** Octets of a DMARC record that are read. */
export const dmarcRecordOctetsMax = 4096;

/** Questions to the DNS for one message, all mechanisms together. SPF alone may have 10 terms of 21 lookups each. */
export const senderLookupsMax = 300;

/** For all questions of one message together: what the peer waits for at the end of its data (RFC 5321 §4.5.3.2.6: 10 minutes). */
export const senderTimeoutMs = 40_000;

/** Octets of a field with results that is read. */
export const authenticationResultsOctetsMax = 16_384;

/** Results in one field that are read. */
export const authenticationResultsMax = 64;
