import { describe, expect, it } from 'vitest';
import { Deadlines, Timed } from './deadlines.js';

class Entry extends Timed {
  constructor(
    readonly name: string,
    private readonly expired: string[],
    private readonly whenExpired = () => {},
  ) {
    super();
  }

  override expire(): void {
    this.expired.push(this.name);
    this.whenExpired();
  }
}

describe('deadlines', () => {
  it('expire in order, but for those that were removed', async () => {
    const expired: string[] = [];
    const deadlines = new Deadlines(20);
    const entries = ['a', 'b', 'c', 'd'].map((name) => new Entry(name, expired));
    const last = new Promise<void>((resolve) => {
      for (const entry of entries) deadlines.add(entry, performance.now());
      deadlines.add(new Entry('e', expired, resolve), performance.now());
    });
    const [first, , third] = entries as [Entry, Entry, Entry];
    deadlines.remove(first);
    deadlines.remove(third);
    deadlines.remove(third);
    await last;
    expect(expired).toEqual(['b', 'd', 'e']);
    deadlines.endAll((entry) => entry.expire());
    expect(expired).toHaveLength(3);
  });

  it('go on after an empty time', async () => {
    const expired: string[] = [];
    const deadlines = new Deadlines(10);
    for (const name of ['a', 'b']) {
      await new Promise<void>((resolve) =>
        deadlines.add(new Entry(name, expired, resolve), performance.now()),
      );
    }
    expect(expired).toEqual(['a', 'b']);
  });

  it('can all be ended at once', () => {
    const expired: string[] = [];
    const deadlines = new Deadlines(60_000);
    for (const name of ['a', 'b']) deadlines.add(new Entry(name, expired), performance.now());
    deadlines.endAll((entry) => entry.expire());
    expect(expired).toEqual(['a', 'b']);
    deadlines.endAll((entry) => entry.expire());
    expect(expired).toHaveLength(2);
  });
});
