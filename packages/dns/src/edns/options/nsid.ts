import { latin1Of } from "../../name/octets.ts";
import { escapeDnsText } from "../../presentation/strings.ts";
import { hexOf } from "./hex.ts";
import type { EdnsOptionKind } from "./option.ts";

/** Which of many servers answered; empty in a question (RFC 5001 §2.1). */
export interface EdnsNsid {
  readonly type: "nsid";
  readonly id: Uint8Array;
}

/** NSID */
export const nsidOption: EdnsOptionKind<EdnsNsid> = {
  type: "nsid",
  code: 3,
  decode: (reader) => ({ type: "nsid", id: reader.rest() }),
  encode: ({ id }, writer) => writer.put(id),
  format: ({ id }) =>
    id.length === 0 ? "NSID" : `NSID: ${hexOf(id).replace(/..(?=.)/g, "$& ")} ("${escapeDnsText(latin1Of(id))}")`,
};
