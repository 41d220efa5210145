import { reportFault } from "@hawser/core";
import { imapKeepAliveMs, imapPollMs } from "../limits.ts";
import { type ImapCommandCall, type ImapServerCommand, imapCommand } from "../server/command.ts";

/** RFC 2177: the client is told what happens, until it says `DONE`. */
export const idleCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse: () => undefined,
  run(call) {
    const stop = watch(call);
    call.session.ask("idling", (line) => {
      stop();
      if (call.session.selected !== undefined) call.session.tellChanges(true);
      if (line.toUpperCase() === "DONE") call.session.finish(call.tag, "OK IDLE completed");
      else call.session.finish(call.tag, "BAD DONE is expected");
    });
    if (call.session.selected !== undefined) call.session.tellChanges(true);
    return "later";
  },
});

/** Tells whatever changes. Returns what ends it. */
function watch({ session }: ImapCommandCall): () => void {
  const { clock } = session.transport.reactor;
  const folder = session.selected?.folder;
  let isOver = false;
  const tell = (): void => {
    if (isOver || session.gone.signal.aborted) return;
    if (session.room() === undefined) return session.tellChanges(true);
    void session.room()?.then(tell, () => {}); // it takes nothing now: all at once, later
  };
  const stopListening = folder?.onChange(tell);
  const repeat = (ms: number, run: () => void): (() => void) => {
    let timer = clock.after(ms, again, { idle: true });
    function again(): void {
      if (isOver || session.gone.signal.aborted) return;
      run();
      timer = clock.after(ms, again, { idle: true });
    }
    return () => timer.cancel();
  };
  const stopKeeping = repeat(imapKeepAliveMs, () => session.untagged("OK Still here"));
  const stopPolling = repeat(session.options.pollMs ?? imapPollMs, () => {
    folder?.poll().then(tell, (error: unknown) => reportFault(error, "ImapServer"));
  });
  const stop = (): void => {
    isOver = true;
    stopListening?.();
    stopKeeping();
    stopPolling();
  };
  session.gone.signal.addEventListener("abort", stop, { once: true });
  return stop;
}
