/** Waits until the event loop has looked at everything that arrived meanwhile, so that long work lets others in. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
