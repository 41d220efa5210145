/** For a question with all its repetitions, when nothing else is said: what glibc and BIND's `dig` wait for one server. */
export const exchangeTimeoutMsDefault = 5_000;

/** Questions under way at once; more wait in line. Each over UDP has a socket, and a shell gives 1,024 descriptors. */
export const questionsMaxDefault = 256;

/** Questions that wait in line, before one more is sent away: what waits this long would mostly be too late. */
export const questionsWaitingMax = 16_384;

/** Connections that are open at once, to all servers together. */
export const connectionsMaxDefault = 32;

/** How long a connection stays open without a question (RFC 7766 §6.2.3 asks for a few seconds). */
export const idleTimeoutMsDefault = 5_000;

/** Servers whose cookies and ways are remembered: those asked last. */
export const rememberedServersMax = 1_024;

/** Datagrams sent for one question, the first included: who does not answer four is not there. */
export const datagramsMax = 4;

/** The wait before a question is sent again to a server that nobody has measured (RFC 1035 §4.2.1 names 2 to 5 s, when the Internet was slower). */
export const firstWaitMsDefault = 1_000;
/** Never sooner, since servers that ask others need their time; never later, since a lost datagram should not cost more. */
export const firstWaitMsMin = 300;
/** See {@link firstWaitMsMin}. */
export const firstWaitMsMax = 1_500;

/** Octets of questions on a connection that the network has not taken. */
export const unsentOctetsMax = 1_048_576;

/** Source ports are drawn from here: half of all, none of which IANA gives to services that are mostly met (RFC 6335 §6). */
export const sourcePortMin = 32_768;

/** For how long a server is believed to know no EDNS, or not to keep the case of letters. */
export const peculiarityMs = 900_000;

/** The age of a client cookie at which another is made, so that nobody follows a client that moves (RFC 9018 §3). */
export const clientCookieAgeMsMax = 3_600_000;

/** Messages from a server's address that do not answer the question, before it is put over TCP: late answers are fewer. */
export const strangersMax = 10;
