import type { HttpField } from "./field.ts";
import { formatToken, HttpFieldLexer, httpFieldMembersMax } from "./lexer.ts";

/** A product, or a comment about the product before it (RFC 9110 §10.1.5). */
export type HttpProduct =
  | { readonly type: "product"; readonly name: string; readonly version?: string | undefined }
  | { readonly type: "comment"; readonly text: string };

/** `Server` (RFC 9110 §10.2.4). */
export const serverField: HttpField<readonly HttpProduct[]> = {
  name: "Server",
  parse: parseProducts,
  format: formatProducts,
};
/** `User-Agent` (RFC 9110 §10.1.5). */
export const userAgentField: HttpField<readonly HttpProduct[]> = {
  name: "User-Agent",
  parse: parseProducts,
  format: formatProducts,
};

function parseProducts(text: string): HttpProduct[] | undefined {
  const lexer = new HttpFieldLexer(text);
  const products: HttpProduct[] = [];
  while (!lexer.done) {
    const product = takeProduct(lexer);
    if (product === undefined || products.push(product) > httpFieldMembersMax) return undefined;
    if (!lexer.done && lexer.take(REQUIRED_SPACE) === undefined) return undefined;
  }
  return products[0]?.type === "product" ? products : undefined;
}

function takeProduct(lexer: HttpFieldLexer): HttpProduct | undefined {
  if (lexer.text[lexer.at] === "(") {
    const text = lexer.comment();
    return text === undefined ? undefined : { type: "comment", text };
  }
  const name = lexer.token();
  if (name === undefined || !lexer.skip("/")) return name === undefined ? undefined : { type: "product", name };
  const version = lexer.token();
  return version === undefined ? undefined : { type: "product", name, version };
}

function formatProducts(products: readonly HttpProduct[]): string {
  if (products[0]?.type !== "product") throw new TypeError("Cannot write products: the first one is not a product");
  return products.map(formatProduct).join(" ");
}

function formatProduct(product: HttpProduct): string {
  if (product.type === "comment") return formatComment(product.text);
  return formatToken(product.name) + (product.version === undefined ? "" : `/${formatToken(product.version)}`);
}

/**
 * Writes a comment, with parentheses and backslashes escaped (RFC 9110 §5.6.5).
 * @throws {TypeError} on control characters, and on characters beyond one octet
 */
export function formatComment(text: string): string {
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) throw new TypeError(`Cannot write the comment ${JSON.stringify(text)}`);
  return `(${text.replace(/[()\\]/g, "\\$&")})`;
}

const REQUIRED_SPACE = /[ \t]+/y;
