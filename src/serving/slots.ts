/** Bounds how many may be busy at once, in all and for each client, so that none takes all of it. */
export class Slots {
  private taken = 0;
  private readonly byClient = new Map<string, number>();

  constructor(
    private readonly max: number,
    private readonly maxPerClient: number,
  ) {}

  /** @returns a function that gives the slot back; null when there is none */
  take(client: string): (() => void) | null {
    const own = this.byClient.get(client) ?? 0;
    if (this.taken >= this.max || own >= this.maxPerClient) return null;
    this.taken += 1;
    this.byClient.set(client, own + 1);
    return () => {
      this.taken -= 1;
      const left = (this.byClient.get(client) ?? 1) - 1;
      if (left === 0) this.byClient.delete(client);
      else this.byClient.set(client, left);
    };
  }
}
