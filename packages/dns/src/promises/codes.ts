/** The error codes that `node:dns/promises` exports, by the same names. */

/** The name has no such records. */
export const NODATA = "ENODATA";
/** The server could not read the question. */
export const FORMERR = "EFORMERR";
/** The server failed. */
export const SERVFAIL = "ESERVFAIL";
/** There is no such name. */
export const NOTFOUND = "ENOTFOUND";
/** The server does not do that. */
export const NOTIMP = "ENOTIMP";
/** The server refused. */
export const REFUSED = "EREFUSED";
/** The question is malformed. */
export const BADQUERY = "EBADQUERY";
/** The text is no name. */
export const BADNAME = "EBADNAME";
/** There is no such family of addresses. */
export const BADFAMILY = "EBADFAMILY";
/** The answer is malformed. */
export const BADRESP = "EBADRESP";
/** No server could be reached. */
export const CONNREFUSED = "ECONNREFUSED";
/** No server answered in time. */
export const TIMEOUT = "ETIMEOUT";
/** The end of a file. */
export const EOF = "EOF";
/** A file could not be read. */
export const FILE = "EFILE";
/** There is no more memory. */
export const NOMEM = "ENOMEM";
/** The resolver is closed. */
export const DESTRUCTION = "EDESTRUCTION";
/** The text is malformed. */
export const BADSTR = "EBADSTR";
/** The flags are malformed. */
export const BADFLAGS = "EBADFLAGS";
/** The name is no host. */
export const NONAME = "ENONAME";
/** The hints are malformed. */
export const BADHINTS = "EBADHINTS";
/** Nothing is initialized. */
export const NOTINITIALIZED = "ENOTINITIALIZED";
/** A library of Windows is missing. */
export const LOADIPHLPAPI = "ELOADIPHLPAPI";
/** A function of Windows is missing. */
export const ADDRGETNETWORKPARAMS = "EADDRGETNETWORKPARAMS";
/** The lookup was cancelled. */
export const CANCELLED = "ECANCELLED";
