/** What a supervisor and its workers say to each other. */

/** To a worker. */
export type SupervisorMessage =
  | { readonly type: "start"; readonly application: string; readonly parameters: unknown }
  | { readonly type: "stop"; readonly graceMs: number }
  | { readonly type: "hurry" }; // the grace is over

/** From a worker. */
export type WorkerMessage =
  | { readonly type: "listens" } // to messages, that is: node drops those that come before somebody does
  | { readonly type: "ready"; readonly listening: readonly string[] }
  | { readonly type: "failed"; readonly name: string; readonly message: string; readonly code: unknown };
