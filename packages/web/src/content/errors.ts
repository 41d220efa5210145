import { ProtocolError } from "@hawser/core/protocol";

/** Why content could not be decoded. */
export type HttpContentErrorCode =
  | "unsupported-coding" // answer 415 with Accept-Encoding
  | "too-many-codings" // answer 415
  | "too-large" // answer 413
  | "corrupt"; // answer 400

/** The peer sent content whose coding cannot be undone, or would fill our memory. */
export class HttpContentError extends ProtocolError<HttpContentErrorCode> {}
