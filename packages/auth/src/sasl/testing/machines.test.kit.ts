import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import type { Credentials, Secret } from "../../credentials.ts";
import { LoginError } from "../../errors.ts";
import { noChannelBindings } from "../channel-binding/channel-binding.ts";
import { scramHashOctets } from "../limits.ts";
import type {
  SaslClientFacts,
  SaslClientRequest,
  SaslMechanism,
  SaslServerAnswer,
  SaslServerFacts,
  SaslServerRequest,
} from "../mechanism.ts";

/** Who talks in a test of the machines alone, and what each knows. */
export interface SaslTestTalk {
  readonly mechanism: SaslMechanism;
  readonly server?: Partial<SaslServerFacts> | undefined;
  readonly client?: Partial<SaslClientFacts> | undefined;
  /** What the portal knows of users. */
  readonly secrets?: Readonly<Record<string, Secret>> | undefined;
  /** Whether credentials are right. Default: all are. */
  readonly right?: ((credentials: Credentials) => boolean) | undefined;
}

/**
 * Plays a conversation against the server's machine and against the client's, each by itself. `C:` and `S:` lines are
 * messages, an empty one included; `S: (success) data` and `S: (refused)` end it. `\x01` is an octet by name. The first `C:`
 * comes with the command.
 */
export function playMachines(talk: SaslTestTalk, text: string): void {
  const lines = parseLines(text);
  playServer(talk, lines);
  playClient(talk, lines);
}

/** {@link playMachines} against the server alone; gives the credentials it logged in with, and what it told the portal. */
export function playServerMachine(talk: SaslTestTalk, text: string): readonly (Credentials | string)[] {
  return playServer(talk, parseLines(text));
}

interface Line {
  readonly by: "C" | "S";
  readonly data: string;
  readonly end: "success" | "refused" | undefined;
}

function parseLines(text: string): readonly Line[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [, by, end, data = ""] = /^([CS]):(?: \((success|refused)\))?(?: (.*))?$/s.exec(line)!;
      const octets = data.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      return { by: by as Line["by"], data: octets, end: end as Line["end"] };
    });
}

function playServer(talk: SaslTestTalk, script: readonly Line[]): readonly (Credentials | string)[] {
  const lines = [...script];
  const told: (Credentials | string)[] = [];
  const machine = talk.mechanism.server({ ...serverFacts, ...talk.server });
  const initial = lines[0]!.by === "C" ? lines.shift()!.data : undefined;
  let said = initial;
  const answerTo = (request: SaslServerRequest): SaslServerAnswer => {
    if (request.type === "secret") {
      const secret = talk.secrets?.[request.user];
      return { type: "secret", found: secret && { secret, source: { kinds: [], check: () => assert.fail() } } };
    }
    if (request.type === "login") {
      told.push(request.authzid === undefined ? request.credentials : `as ${request.authzid}`);
      if (talk.right?.(request.credentials) === false) throw new LoginError("bad-credentials", "wrong");
      return { type: "done" };
    }
    if (request.type === "reject") {
      told.push(`reject ${request.user}`);
      throw new LoginError("bad-credentials", "wrong");
    }
    if (request.first && said !== undefined) {
      const data = Buffer.from(said);
      said = undefined;
      return { type: "response", data };
    }
    assert.deepEqual([lines[0]?.by, lines.shift()?.data], ["S", Buffer.from(request.data).toString()]);
    return { type: "response", data: Buffer.from(lines.shift()!.data) };
  };
  try {
    let step = machine.next({ type: "start" });
    while (!step.done) {
      let answer: SaslServerAnswer;
      try {
        answer = answerTo(step.value);
      } catch (error) {
        if (!(error instanceof LoginError)) throw error;
        step = machine.throw(error);
        continue;
      }
      step = machine.next(answer);
    }
    assert.deepEqual([lines[0]?.end, lines.shift()?.data], ["success", Buffer.from(step.value.data ?? "").toString()]);
  } catch (error) {
    if (!(error instanceof LoginError)) throw error;
    assert.equal(lines.shift()?.end, "refused");
  }
  assert.deepEqual(lines, []);
  return told;
}

function playClient(talk: SaslTestTalk, script: readonly Line[]): void {
  const lines = [...script];
  const machine = talk.mechanism.client({ ...clientFacts, ...talk.client });
  let step = machine.next({ type: "start" });
  while (!step.done) {
    const request: SaslClientRequest = step.value;
    if (request.type === "derive") {
      const { password, salt, iterations, hash } = request;
      step = machine.next({ type: "key", key: pbkdf2Sync(password, salt, iterations, scramHashOctets[hash], hash) });
      continue;
    }
    if (request.data !== undefined)
      assert.deepEqual([lines[0]?.by, lines.shift()?.data], ["C", Buffer.from(request.data).toString()]);
    const line = lines.shift()!;
    assert.equal(line.by, "S");
    if (line.end === "refused") return assert.deepEqual(lines, []);
    step = machine.next({ type: "server", data: Buffer.from(line.data), last: line.end === "success" });
  }
  assert.deepEqual(lines, []);
}

const serverFacts: SaslServerFacts = {
  nonce: () => "servernonceservernonce01",
  wallMs: 0,
  bindings: noChannelBindings,
  offersPlus: false,
  certificate: undefined,
  host: "example.org",
  service: "imap",
  realm: "example.org",
  secrets: new Set(["scram", "plain", "digest"]),
  disguise: { key: Buffer.alloc(32, 1), iterations: 4_096, saltOctets: 16 },
  oauth: {},
};

const clientFacts: SaslClientFacts = {
  credentials: {},
  nonce: () => "clientnonceclientnonce01",
  bindings: noChannelBindings,
  plusOffered: false,
  host: "example.org",
  port: undefined,
  service: "imap",
  iterationsMin: 4_096,
  iterationsMax: 10_000_000,
};
