/**
 * Forms: `application/x-www-form-urlencoded` and `multipart/form-data` (RFC 7578), read as they come and within limits,
 * and written.
 */
export { HttpFormError, type HttpFormErrorCode } from "./errors.ts";
export { safeFileName } from "./file-name.ts";
export { type CollectFormOptions, collectForm, HttpForm, type HttpFormFile } from "./form.ts";
export {
  type HttpFormEntry,
  type HttpFormField,
  type HttpFormOptions,
  type HttpFormUpload,
  readForm,
} from "./form-data.ts";
export type { HttpFormLimits } from "./limits.ts";
export { isMultipartBoundary, type MultipartFormEvent, MultipartFormReader } from "./multipart.ts";
export { encodeMultipartForm, type MultipartFormPart, multipartBoundary } from "./multipart-write.ts";
export type { MultipartPartHead } from "./part-head.ts";
export { formatUrlEncoded, type HttpFormPair, parseUrlEncoded } from "./urlencoded.ts";
