import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { HawserError } from "../errors.ts";
import type { Fault } from "../faults.ts";
import { nextTurn } from "../real/turn.ts";
import { connectionLeaks, describeOpen, leaksOf } from "./leaks.ts";
import { replayCommand } from "./seeds.ts";
import type { World } from "./world.ts";

/** What ends a run that would not end by itself, and what is asked of its end. */
export interface WorldLimits {
  /** Virtual time after which a run fails. Default 3,600,000 ms. */
  readonly timeLimitMs?: number | undefined;
  /** How many things may happen before a run fails. Default 1,000,000. */
  readonly stepsMax?: number | undefined;
  /** Fails when the body leaves a connection, listener, socket or timer open. Default true. */
  readonly leaks?: boolean | undefined;
  /** Fails with the first error of this process that nobody waited for (a receiver that throws). Default true. */
  readonly faultsFail?: boolean | undefined;
}

/** Why a world could not go on. */
export type WorldErrorCode = "deadlock" | "leak" | "steps-exceeded" | "time-exceeded";

/** A simulated run went wrong as a whole: it stood still, ran away, or left something open. */
export class WorldError extends HawserError<WorldErrorCode> {}

type Outcome<Result> = { readonly value: Result } | { readonly error: unknown };

const timeLimitMsDefault = 3_600_000;
const stepsMaxDefault = 1_000_000;

/** How long, in virtual time, things under way may take to settle after the body. */
const settleMsMax = 10_000;

/** How many turns a body may wait for something outside the world (a file, a module) when nothing in it is scheduled. */
const outsideTurnsMax = 100_000;

/** {@link World.run}: lets code run until it waits, then lets the next thing happen. */
export async function runWorld<Result>(
  world: World,
  limits: WorldLimits,
  body: () => Promise<Result>,
): Promise<Result> {
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => void faults.push((fault as Fault).error);
  if (limits.faultsFail ?? true) subscribe("hawser:fault", onFault);
  const { leaks = true } = limits;
  try {
    const result = await complete(world, limits, faults, body);
    await settle(world);
    if (leaks) refuseLeaks(connectionLeaks(world));
    await complete(world, limits, faults, () => world.stopListeners());
    await settle(world);
    if (faults.length > 0) throw faults[0];
    if (leaks) refuseLeaks(leaksOf(world));
    return result;
  } catch (error) {
    throw withReplay(error, world);
  } finally {
    unsubscribe("hawser:fault", onFault);
  }
}

/** Lets the world go on until some code is done, or something failed that nobody waited for. */
async function complete<Result>(
  world: World,
  limits: WorldLimits,
  faults: readonly unknown[],
  code: () => Promise<Result>,
): Promise<Result> {
  let outcome: Outcome<Result> | undefined;
  code().then(
    (value) => {
      outcome = { value };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  await goOn(world, limits, () => outcome !== undefined || faults.length > 0);
  if (faults.length > 0) throw faults[0];
  if ("error" in outcome!) throw outcome.error;
  return outcome!.value;
}

/** One turn of the loop: every promise and tick that is ready runs to its end. */
function turn(): Promise<void> {
  return new Promise(nextTurn);
}

async function goOn(world: World, limits: WorldLimits, finished: () => boolean): Promise<void> {
  const { timeline } = world;
  const { timeLimitMs = timeLimitMsDefault, stepsMax = stepsMaxDefault } = limits;
  for (;;) {
    await turn();
    if (finished()) return;
    if (timeline.next === undefined) await waitOutside(world, finished);
    if (finished()) return;
    if ((timeline.next ?? 0) > timeLimitMs)
      throw worldError(world, "time-exceeded", `The body goes on after ${timeLimitMs} ms of virtual time`);
    if (timeline.steps >= stepsMax)
      throw worldError(world, "steps-exceeded", `The body goes on after ${stepsMax} steps`);
    timeline.step();
  }
}

/** Nothing is scheduled: either the body waits for something outside the world, or for ever. */
async function waitOutside(world: World, finished: () => boolean): Promise<void> {
  for (let turns = 0; turns < outsideTurnsMax; turns += 1) {
    if (finished() || world.timeline.next !== undefined) return;
    await turn();
  }
  throw worldError(world, "deadlock", "The body waits for something that can no longer happen");
}

/** Lets arrive what is under way when the body ends. */
async function settle(world: World): Promise<void> {
  const { timeline } = world;
  const until = timeline.now + settleMsMax;
  await turn();
  while (timeline.busy && timeline.next! <= until) {
    timeline.step();
    await turn();
  }
}

function refuseLeaks(leaks: readonly string[]): void {
  if (leaks.length > 0) throw new WorldError("leak", `The body left ${leaks.length} open:\n${leaks.join("\n")}`);
}

function worldError(world: World, code: WorldErrorCode, what: string): WorldError {
  const { now, steps } = world.timeline;
  const open = describeOpen(world);
  const list = open.length === 0 ? "  nothing is open and no timer is pending" : open.join("\n");
  return new WorldError(code, `${what} (virtual time ${now.toFixed(3)} ms, ${steps} steps):\n${list}`);
}

/** Puts the command that replays a run before the text of its failure, which stays the error it is where it can. */
function withReplay(error: unknown, world: World): Error {
  const failure = error instanceof Error ? error : new Error(String(error), { cause: error });
  const { message: before, stack } = failure;
  const message = `${replayCommand(world.seed)}\n${before}`;
  if (!Reflect.set(failure, "message", message)) return new Error(message, { cause: error });
  if (stack !== undefined) failure.stack = stack.replace(before, () => message);
  return failure;
}
