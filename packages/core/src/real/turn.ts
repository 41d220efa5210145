/** Calls `run` in the next turn of the event loop: after every promise and tick that is ready now. */
export function nextTurn(run: () => void): void {
  setImmediate(run);
}
