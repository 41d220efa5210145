import { type HttpField, httpListField } from "./field.ts";
import { formatQuotedString, HttpFieldLexer } from "./lexer.ts";

/** `Clear-Site-Data`: what a browser should forget: `cache`, `cookies`, `storage`, `*` (W3C Clear Site Data §3.1). */
export const clearSiteDataField: HttpField<readonly string[]> = httpListField(
  "Clear-Site-Data",
  "skip",
  (member) => {
    const lexer = new HttpFieldLexer(member);
    const text = lexer.quotedString();
    return lexer.done ? text : undefined;
  },
  formatQuotedString,
);
