import {
  type Command,
  type CommandValues,
  command,
  formatAddress,
  isWithinMachine,
  type Listener,
  optionChoice,
  optionFlag,
  optionValue,
  optionValues,
  parsePair,
  parseWholeNumber,
  type Service,
  UsageError,
} from "@hawser/core";
import { formatAccessJson, formatCombined } from "../log/format.ts";
import { httpServer } from "../server/server.ts";
import { guarded } from "./login.ts";
import type { WebCommandOptions } from "./options.ts";
import { site } from "./site.ts";

export type { WebCommandOptions } from "./options.ts";

const options: WebCommandOptions = {
  listen: optionValues("ENDPOINT", "where to listen, such as tcp:7777 or unix:/run/web.sock; repeatable"),
  port: optionValue("N", "listen on this TCP port of every interface; 0 lets the system choose", {
    parse: parseWholeNumber(0, 65_535),
  }),
  path: optionValue("DIR", "the folder to serve", { defaultText: ".", completes: "directory" }),
  index: optionValues("NAME,NAME", "files that stand for their folder, the first that exists wins", {
    defaultText: "index.html,index.htm",
  }),
  mount: optionValues("/URL=DIR", "serve another folder below this path; repeatable", {
    parse: parsePair("/URL", isPath),
    completes: "directory",
  }),
  cgi: optionValues("/URL=DIR", "run the programs in this folder as CGI scripts; repeatable", {
    parse: parsePair("/URL", isPath),
    completes: "directory",
  }),
  processor: optionValues(
    ".EXT=PROGRAM",
    "run files with this ending by a program, such as .pl=/usr/bin/perl; repeatable",
    {
      parse: parsePair(".EXT", (key) => /^\.[\w.-]+$/.test(key)),
      completes: "file",
    },
  ),
  vhost: optionValues("NAME=DIR", "serve this folder for requests to this host, or *.domain; repeatable", {
    parse: parsePair("NAME"),
    completes: "directory",
  }),
  noListing: optionFlag("show no directory pages"),
  noCompression: optionFlag("send text as it is, for pages that show secrets beside a stranger's words"),
  auth: optionValues(
    "KIND:…",
    "let in only who can log in here, such as file:users or memory:NAME:PASSWORD; repeatable",
    { secret: true },
  ),
  authScheme: optionChoice(["basic", "digest"], "offer this way to log in alone; digest needs a secret of every user", {
    defaultText: "basic, and digest for passwords that are kept in clear",
  }),
  authRealm: optionValue("NAME", "what people are told they log in to", { defaultText: "Hawser" }),
  tlsCert: optionValue("FILE", "serve HTTPS on --port with this certificate (PEM, with its chain)", {
    completes: "file",
  }),
  tlsKey: optionValue("FILE", "its private key (PEM), when it is not in the same file", { completes: "file" }),
  log: optionValue("FILE|-", "write an access log to this file, or to standard output", { completes: "file" }),
  logFormat: optionChoice(["combined", "json"], "how a line of the access log is written", {
    defaultText: "combined",
  }),
};

/** `hawser web`: the personal web server of the article, in one line. */
export const webCommand: Command<WebCommandOptions> = command({
  name: "web",
  summary: "Serve a folder, scripts and sites over HTTP",
  options,
  examples: [
    ["hawser web", "serve this folder on http://127.0.0.1:8080/"],
    ["hawser web --path /var/www/htdocs --port 7777", "serve another one to everybody"],
    ["hawser web --cgi /cgis=/var/www/cgi-bin --processor .pl=/usr/bin/perl", "with CGI scripts, and pages in Perl"],
    ["hawser web --mount /doc=/usr/share/doc --vhost wiki.example=/srv/wiki", "with a second folder and a second site"],
    ["hawser web --auth file:users --auth-realm Family", "only for those in the file"],
    ["hawser web --port 443 --tls-cert site.pem --log -", "with TLS, and an access log on the terminal"],
  ],
  personal: {
    options: {
      listen: ["tcp:7777:interface=127.0.0.1"],
      path: "htdocs",
      mount: { "/files": "files" },
      cgi: { "/cgi": "cgi-bin" },
    },
  },
  async start(given, context): Promise<Service> {
    const { root, close } = await guarded(await site(given, context.reactor), given, context.reactor);
    const log = given.log === undefined ? undefined : await context.openLog(given.log);
    const format = given.logFormat === "json" ? formatAccessJson : formatCombined;
    const write = log && ((access: Parameters<typeof format>[0]) => log.write(format(access)));
    const factory = httpServer(root, { log: write, logRefusal: write });
    const listeners: Listener[] = [];
    const stop: Service["stop"] = async (how) => {
      await Promise.all(listeners.map((listener) => listener.stop(how)));
      await close();
      await log?.close();
    };
    try {
      for (const endpoint of endpoints(given)) listeners.push(await context.listen(endpoint, factory));
    } catch (error) {
      await stop();
      throw error;
    }
    for (const [at, endpoint] of endpoints(given).entries()) {
      const listener = listeners[at]!;
      context.print(`listening on ${address(endpoint, listener)}`);
      if (given.auth.length > 0 && !isSecure(endpoint) && !isWithinMachine(listener.address))
        context.print("passwords can be read on the way there: --tls-cert would hide them");
    }
    return { stop };
  },
  async preview(given, { reactor }) {
    await site(given, reactor);
    return { listens: endpoints(given) };
  },
});

type Given = CommandValues<WebCommandOptions>;

function endpoints(given: Given): readonly string[] {
  const { listen: listed, port, tlsCert, tlsKey } = given;
  if (tlsKey !== undefined && tlsCert === undefined) throw new UsageError("--tls-key needs --tls-cert");
  if (port === undefined && tlsCert !== undefined) throw new UsageError("--tls-cert needs --port");
  if (port === undefined) return listed.length > 0 ? listed : ["tcp:8080:interface=127.0.0.1"];
  const key = tlsKey === undefined ? "" : `:key=${escapeArgument(tlsKey)}`;
  return [...listed, tlsCert === undefined ? `tcp:${port}` : `tls:${port}:cert=${escapeArgument(tlsCert)}${key}`];
}

function escapeArgument(text: string): string {
  return text.replace(/[\\:=]/g, "\\$&");
}

/** Where a person can look: a wildcard address is reachable by the loopback one. */
function address(endpoint: string, listener: Listener): string {
  const scheme = isSecure(endpoint) ? "https" : "http";
  const { address: bound } = listener;
  if (bound.family === "unix" || bound.family === "opaque") return `${scheme}+unix://${formatAddress(bound)}`;
  const anywhere = bound.host === "::" || bound.host === "0.0.0.0";
  const shown = anywhere ? `127.0.0.1:${bound.port}` : formatAddress(bound);
  return `${scheme}://${shown}/`;
}

function isSecure(endpoint: string): boolean {
  return /^(proxy:)?tls:|[?:]tls\b/.test(endpoint);
}

function isPath(key: string): boolean {
  return key.startsWith("/") && key.length > 1;
}
