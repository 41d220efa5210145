import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeededRandom } from "@hawser/core/simulation";

/** Whose mail it is: Dovecot does not touch mail as root. Debian's user `mail`. */
export const mailUser: { readonly uid: number; readonly gid: number } = { uid: 8, gid: 8 };

const isRoot = process.getuid?.() === 0;

/** A word that one message in a hundred has, and none by chance. */
export const seldomWord = "quixotry";

/** Where everything of this run lies; gone when the process is. */
export const benchFolder: string = mkdtempSync(join(tmpdir(), "hawser-bench-mail-"));
chmodSync(benchFolder, 0o755);
process.on("exit", () => rmSync(benchFolder, { recursive: true, force: true }));

let original: { readonly path: string; readonly count: number } | undefined;

/**
 * A new Maildir of so many messages, the same for everybody: each has files of its own, which are links to the same octets.
 * One in ten messages is unseen, one in twenty flagged; all lie in `cur`.
 */
export function freshMaildir(path: string, count: number): void {
  if (original?.count !== count) original = { path: makeMaildir(count), count };
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, ".."), { recursive: true });
  execFileSync("cp", ["-al", original.path, path]);
  if (isRoot) execFileSync("chown", ["-R", `${mailUser.uid}:${mailUser.gid}`, join(path, "..")]);
}

/** Brings a message as another program does: a file appears in `new`. */
export function deliver(maildir: string, number: number): void {
  const name = `1767225600.M${number}P2.bench`;
  writeFileSync(join(maildir, "tmp", name), `Subject: delivered ${number}\n\nHello\n`);
  if (isRoot) chownSync(join(maildir, "tmp", name), mailUser.uid, mailUser.gid);
  execFileSync("mv", [join(maildir, "tmp", name), join(maildir, "new", name)]);
}

function makeMaildir(count: number): string {
  const path = join(benchFolder, "original");
  rmSync(path, { recursive: true, force: true });
  for (const name of ["tmp", "new", "cur"]) mkdirSync(join(path, name), { recursive: true });
  const random = new SeededRandom("mail");
  for (let i = 0; i < count; i++) {
    const text = messageText(random, i);
    const octets = Buffer.byteLength(text);
    const lines = text.split("\n").length - 1;
    const flags = `${i % 20 === 3 ? "F" : ""}${i % 10 === 7 ? "" : "S"}`;
    const seconds = 1_600_000_000 + i * 60;
    writeFileSync(join(path, "cur", `${seconds}.M${i}P1.bench,S=${octets},W=${octets + lines}:2,${flags}`), text);
  }
  return path;
}

const words = "the mooring line of a ship is called hawser when it is thick and made of strands twisted to one".split(
  " ",
);

/** 2 to 8 KiB: one in four is HTML beside text in quoted-printable, one in ten has an attachment in base64, the others are plain. */
function messageText(random: SeededRandom, number: number): string {
  const octets = random.integer(2_048, 8_192);
  const rest = number % 100 === 42 ? ` ${seldomWord}` : "";
  const body = (size: number): string => prose(random, size) + rest;
  const head = header(number);
  if (number % 10 === 5)
    return `${head}Content-Type: multipart/mixed; boundary=frontier\n\n--frontier\nContent-Type: text/plain; charset=us-ascii\n\n${body(octets / 2)}\n--frontier\nContent-Type: application/octet-stream; name=x.bin\nContent-Transfer-Encoding: base64\n\n${base64(random, octets / 2)}\n--frontier--\n`;
  if (number % 4 === 2)
    return `${head}Content-Type: multipart/alternative; boundary=frontier\n\n--frontier\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe: ${body(octets / 2)}\n--frontier\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p class=3D"x">${body(octets / 2)}</p>\n--frontier--\n`;
  return `${head}Content-Type: text/plain; charset=us-ascii\n\n${body(octets - head.length)}\n`;
}

function header(number: number): string {
  const date = new Date(1_600_000_000_000 + number * 60_000).toUTCString().replace("GMT", "+0000");
  return `Return-Path: <person${number % 97}@example.net>
Received: from mx${number % 7}.example.net (mx${number % 7}.example.net [192.0.2.${number % 250}])
	by mail.example.org (Postfix) with ESMTPS id ${number.toString(16)}
	for <alice@example.org>; ${date}
Date: ${date}
From: Person ${number % 97} <person${number % 97}@example.net>
To: Alice <alice@example.org>, team@example.org
Cc: Bob <bob@example.org>
Subject: Message ${number} about ${words[number % words.length]}
Message-ID: <${number}.bench@example.net>
In-Reply-To: <${number - 1}.bench@example.net>
References: <${number - 2}.bench@example.net> <${number - 1}.bench@example.net>
MIME-Version: 1.0
`;
}

function prose(random: SeededRandom, octets: number): string {
  let text = "";
  let line = "";
  while (text.length + line.length < octets) {
    line += `${words[random.integer(0, words.length)]} `;
    if (line.length < 64) continue;
    text += `${line}\n`;
    line = "";
  }
  return text + line;
}

function base64(random: SeededRandom, octets: number): string {
  return Buffer.from(random.bytes(Math.floor(octets * 0.75)))
    .toString("base64")
    .replace(/.{76}/g, "$&\n");
}
