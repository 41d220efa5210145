/** Logins for sites: Basic, Digest, Bearer and certificates on the portal of `@hawser/auth`. */
export { answerHttpChallenges, type HttpChallengeAnswerOptions } from "./client.ts";
export { httpDigestSecret } from "./digest/response.ts";
export type { LoginMemoryOptions } from "./login-memory.ts";
export type { LoginOptions } from "./options.ts";
export type { HttpLoginSchemeName } from "./scheme.ts";
export { type HttpLoginHandler, withLogin } from "./with-login.ts";
