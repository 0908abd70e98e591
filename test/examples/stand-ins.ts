export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

const MOMENT = '2026-03-05T16:40:02';
const MOMENT_SECONDS = 1_772_728_802;

/** Members whose value is new in every run and stands elsewhere too: in addresses, in later arguments. */
const NAMED: Readonly<Record<string, string>> = {
  api_key: 'the-api-key',
  secret: 'whsec_the-signing-secret',
  access_id: 'theAccessId',
};

/** Of a public gist the `access_id` is its number. */
const SHORTEST_RANDOM = 16;

/** Members that say nothing but how this run went. */
const MEASURED: Readonly<Record<string, Json>> = {
  prefix: '7f3a',
  duration_ms: 12,
  timing: { dns_ms: 1, connect_ms: 2, first_byte_ms: 11, total_ms: 12 },
  'webhook-signature': 'v1,the-signature',
  'webhook-timestamp': String(MOMENT_SECONDS),
  request_id: 'the-request-id',
  expires: MOMENT_SECONDS,
  locked_since: MOMENT_SECONDS,
};

const NEVER = -1;

/** Puts something that stays the same in the place of what changes from run to run. */
export class StandIns {
  private readonly texts = new Map<string, string>();
  private readonly knownHashes = new Set<string>();
  private readonly counts = new Map<string, number>();

  /** @param text what is replaced wherever it stands, also in the middle of other texts */
  replace(text: string, standIn: string): void {
    this.texts.set(text, standIn);
  }

  /** Those that are the same in every run; others are replaced. */
  keepHashes(hashes: readonly string[]): void {
    for (const hash of hashes) this.knownHashes.add(hash);
  }

  /** @param own values of members in this answer alone, at any depth */
  in(value: unknown, own: Readonly<Record<string, Json>> = {}): Json {
    const json = (value === undefined ? null : JSON.parse(JSON.stringify(value))) as Json;
    this.learn(json);
    return this.put(json, { ...MEASURED, ...own });
  }

  private learn(value: Json): void {
    if (value === null || typeof value !== 'object') return;
    for (const [member, child] of Object.entries(value)) {
      const name = NAMED[member];
      if (name !== undefined && typeof child === 'string' && child.length >= SHORTEST_RANDOM)
        this.number(child, name);
      else this.learn(child);
    }
  }

  private put(value: Json, members: Readonly<Record<string, Json>>): Json {
    if (typeof value === 'string') return this.putText(value);
    if (Array.isArray(value)) return value.map((item) => this.put(item, members));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([member, child]) => {
        const standIn = Object.hasOwn(members, member) ? members[member] : undefined;
        const isPlain = child === null || child === NEVER;
        return [member, standIn === undefined || isPlain ? this.put(child, members) : standIn];
      }),
    );
  }

  private putText(text: string): string {
    for (const hash of text.match(/\b[0-9a-f]{40}\b/g) ?? []) {
      if (/^0+$/.test(hash) || this.knownHashes.has(hash) || this.texts.has(hash)) continue;
      const standIn = this.number(hash, '5ca1ab1e').padEnd(40, '0');
      this.texts.set(hash, standIn).set(hash.slice(0, 12), standIn.slice(0, 12));
    }
    let result = text;
    for (const [found, standIn] of this.texts) result = result.replaceAll(found, standIn);
    return result
      .replace(/\d{4}-\d\d-\d\d(T| )\d\d:\d\d:\d\d(\.\d+)?/g, (_, gap: string) => MOMENT.replace('T', gap))
      .replace(/\b[0-9a-f]{16}-[0-9a-z]+\b/g, 'the-request-id');
  }

  /** The first one has the bare name, later ones a number behind it. */
  private number(text: string, name: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    const standIn = count === 1 ? name : `${name}${count}`;
    this.texts.set(text, standIn);
    return standIn;
  }
}
