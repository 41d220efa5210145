import { parseIp, quote } from "@hawser/core";
import { SenderError } from "../errors.ts";
import { spfRecordOctetsMax } from "../limits.ts";
import { parseSpfDomain, parseSpfMacroText } from "./macro-text.ts";
import { type SpfDirective, type SpfMacroText, type SpfMechanism, type SpfRecord, spfQualifiers } from "./words.ts";

/** Whether a TXT record is a policy (RFC 7208 §4.5). */
export function isSpfRecord(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/**
 * Reads a policy. All of it must be right: a mistake at its end spoils what stands before it (RFC 7208 §4.6).
 * @param text the strings of the TXT record joined, one character an octet
 * @throws {SenderError} `bad-record`
 */
export function parseSpfRecord(text: string): SpfRecord {
  if (!isSpfRecord(text)) throw bad("it does not begin with v=spf1");
  if (text.length > spfRecordOctetsMax) throw bad(`it has more than ${spfRecordOctetsMax} octets`);
  const directives: SpfDirective[] = [];
  const modifiers = new Map<string, SpfMacroText>();
  for (const term of text.slice("v=spf1".length).split(" ")) {
    if (term === "") continue;
    const [, name, value] = /^([a-z][\w.-]*)=(.*)$/is.exec(term) ?? [];
    if (name === undefined) directives.push(parseDirective(term));
    else addModifier(modifiers, name.toLowerCase(), value!, term);
  }
  return { directives, redirect: modifiers.get("redirect"), explanation: modifiers.get("exp") };
}

/** Those that are not known may say whatever has the form of macros, as often as they like (RFC 7208 §6). */
function addModifier(modifiers: Map<string, SpfMacroText>, name: string, value: string, term: string): void {
  const isKnown = name === "redirect" || name === "exp";
  const text = isKnown ? parseSpfDomain(value) : parseSpfMacroText(value);
  if (text === undefined) throw badTerm(term);
  if (!isKnown) return;
  if (modifiers.has(name)) throw bad(`it says ${name} twice`);
  modifiers.set(name, text);
}

function parseDirective(term: string): SpfDirective {
  const [, qualifier, name, rest] = /^([+?~-]?)([a-z][a-z0-9]*)([:/].*)?$/is.exec(term) ?? [];
  if (name === undefined) throw badTerm(term);
  const mechanism = parseMechanism(name.toLowerCase(), rest ?? "");
  if (mechanism === undefined) throw badTerm(term);
  return { result: spfQualifiers[qualifier || "+"]!, mechanism, text: term };
}

/** @param rest what stands behind the name, with the colon or slash that it begins with */
function parseMechanism(name: string, rest: string): SpfMechanism | undefined {
  switch (name) {
    case "all":
      return rest === "" ? { type: name } : undefined;
    case "include":
    case "exists": {
      const domain = parseSpfDomain(rest.slice(1));
      return rest.startsWith(":") && domain !== undefined ? { type: name, domain } : undefined;
    }
    case "ptr": {
      if (rest === "") return { type: name, domain: undefined };
      const domain = parseSpfDomain(rest.slice(1));
      return rest.startsWith(":") && domain !== undefined ? { type: name, domain } : undefined;
    }
    case "a":
    case "mx":
      return parseHosts(name, rest);
    case "ip4":
    case "ip6":
      return parseNetwork(name, rest);
    default:
      return undefined;
  }
}

/** A domain, and how many bits of the address count (RFC 7208 §5.3, §5.6). */
function parseHosts(type: "a" | "mx", rest: string): SpfMechanism | undefined {
  const [, ipv4 = "", ipv6 = ""] = /((?:\/\d+)?)((?:\/\/\d+)?)$/.exec(rest) ?? [];
  const place = rest.slice(0, rest.length - ipv4.length - ipv6.length);
  const domain = place === "" ? undefined : parseSpfDomain(place.slice(1));
  const ipv4Bits = bitsOf(ipv4.slice(1), 32);
  const ipv6Bits = bitsOf(ipv6.slice(2), 128);
  if (place !== "" && (!place.startsWith(":") || domain === undefined)) return undefined;
  return ipv4Bits === undefined || ipv6Bits === undefined ? undefined : { type, domain, ipv4Bits, ipv6Bits };
}

function parseNetwork(type: "ip4" | "ip6", rest: string): SpfMechanism | undefined {
  const [, host, bits] = /^:([0-9a-f.:]+)(?:\/(\d+))?$/i.exec(rest) ?? [];
  const address = host === undefined ? undefined : parseIp(host);
  const octets = type === "ip4" ? 4 : 16;
  const count = bits === undefined ? octets * 8 : bitsOf(bits, octets * 8);
  return address?.length === octets && count !== undefined ? { type, address, bits: count } : undefined;
}

/** Without leading zeros; nothing at all means every bit (RFC 7208 §5.6). */
function bitsOf(text: string, max: number): number | undefined {
  if (text === "") return max;
  return /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}

function badTerm(term: string): SenderError {
  return bad(`${quote(term)} is no term`);
}

function bad(reason: string): SenderError {
  return new SenderError("bad-record", `Cannot read the SPF record: ${reason}`);
}
