import type { DnsResponse } from "../serving/reply.ts";
import type { RecursionQuestion } from "./question.ts";

/**
 * The place of DNSSEC validation (RFC 4035 §5): sees each answer before anybody else does, and gives it back with AD set, as
 * it is, or as SERVFAIL with an extended error. Whoever fills it has to bound what a zone may cost: keys with one tag,
 * signatures tried, iterations of NSEC3 (KeyTrap, CVE-2023-50387 and CVE-2023-50868).
 */
export interface RecursionValidator {
  /**
   * @param response with signatures and proofs
   * @param resolve gives keys and delegation signers, unvalidated
   */
  validate(
    question: RecursionQuestion,
    response: DnsResponse,
    resolve: (question: RecursionQuestion) => Promise<DnsResponse>,
  ): Promise<DnsResponse>;
}
