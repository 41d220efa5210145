/**
 * Where the reading of requests (or, in a client, of responses) stands.
 *
 * - `idle`: between messages, nothing of the next has come
 * - `head`: a part of a head has come; in a client also: a response is due
 * - `body`: the body of the present message
 * - `discarding`: server only: the same, after its response; what is left of the body is dropped
 * - `waiting`: server only: the request is read, the next waits for the response
 * - `closed`: nothing is read any more
 */
export type Http1Reading = "idle" | "head" | "body" | "discarding" | "waiting" | "closed";

/** Where the writing of responses stands: `idle` without a request, `answer` with one unanswered, `body` in a streamed response, `closed` for good. */
export type Http1ServerWriting = "idle" | "answer" | "body" | "closed";

/** Where the writing of requests stands: `idle` when one can be sent, `body` in a streamed request, `waiting` for the response to it, `closed` for good. */
export type Http1ClientWriting = "idle" | "body" | "waiting" | "closed";

/**
 * What is left for the driver to do once a machine has finished. `end`: write what `takeOutput` gives, close our side, and
 * go on discarding input until the peer closes or `lingerTimeoutMs` after the last octet left, lest a reset destroy what
 * we sent (RFC 9112 §9.6). `abort`: cut the connection now, so that a message without an end is not taken for a whole one.
 * `upgraded`: write what `takeOutput` gives; what follows is another protocol's.
 */
export type Http1Closing = "end" | "abort" | "upgraded";

/** Why a part of a message cannot be sent now, for error texts. */
export const whyNotWrite: Readonly<Record<Http1ServerWriting | Http1ClientWriting, string>> = {
  idle: "there is no message to go on with",
  answer: "the response has not begun",
  body: "a body is being sent",
  waiting: "the response to the last request is still due",
  closed: "the connection is closing",
};
