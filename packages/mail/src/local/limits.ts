/** Messages that are kept: the oldest go. A test run sends hundreds, and nobody looks at thousands. */
export const mailLocalMessagesMax = 1_000;

/** Octets of all messages that are kept: the oldest go. It is memory of a developer's machine. */
export const mailLocalOctetsMax = 268_435_456;

/** How long somebody waits for a message where nothing else is said: a test fails sooner by its own deadline. */
export const mailLocalWaitMs = 30_000;

/** The longest that a request over HTTP may wait: who wants more asks again. */
export const mailLocalWaitMsMax = 300_000;

/** Requests that wait, and pages that are open: each holds a connection. */
export const mailLocalStreamsMax = 256;

/** Messages in one answer of the API. */
export const mailLocalPageMax = 500;

/** Octets of a request's body: a few words of JSON. */
export const mailLocalBodyOctetsMax = 16_384;

/** Octets of pictures that are put into a page of HTML in place of `cid:`. More are left out. */
export const mailLocalInlineOctetsMax = 33_554_432;

/** Lines of a conversation that are kept: a sender of 1,000 messages has more, and they are all alike. */
export const mailLocalTranscriptLinesMax = 200;

/** Characters of such a line: RFC 5321 §4.5.3.1.5 has 512. */
export const mailLocalTranscriptCharactersMax = 512;

/** Complaints about one message: whoever sends a thousand long lines knows by then. */
export const mailComplaintsMax = 200;

/** Complaints of one kind about one message. */
export const mailComplaintsOfKindMax = 10;

/** Rules of failure at a time. */
export const mailLocalFailuresMax = 100;

/** Addresses of links that are taken out of a message. */
export const mailLocalLinksMax = 500;

/** Lines of a message that are numbered and looked at one by one. */
export const mailComplaintLinesMax = 1_000_000;

/** Characters of a field that are taken apart to be complained about; RFC 5322 has no limit, and nobody needs more. */
export const mailComplaintFieldCharactersMax = 16_384;

/** Connections to each of the servers: a program that opens more has lost count. */
export const mailLocalConnectionsMax = 1_000;

/** Characters of a message's words that are looked through in a search: a book has fewer. */
export const mailLocalWordsMax = 1_000_000;
