/** The time that plugins go by: that of the machine, which tests move on. */
export class PluginClock {
  private offsetMs = 0;
  private readonly listeners = new Set<(offsetMs: number) => void>();

  readonly now = (): number => Date.now() + this.offsetMs;

  /** For tests, where time does not pass by itself. */
  advance(milliseconds: number): void {
    this.offsetMs += milliseconds;
    for (const listener of this.listeners) listener(this.offsetMs);
  }

  /** @param listener is told how far it is ahead, at once if it is. @returns how to end that */
  follow(listener: (offsetMs: number) => void): () => void {
    this.listeners.add(listener);
    if (this.offsetMs !== 0) listener(this.offsetMs);
    return () => void this.listeners.delete(listener);
  }
}
