import { createHash } from 'node:crypto';
import pg from 'pg';
import { FIND_KEY } from '../../src/access/api-key-authenticator.js';
import { REPO_ID_BY_NAME } from '../../src/families/repos/repo-record.js';
import type { Recorded } from './record-statements.js';

/** What a bare server does for one method: the statements that the gateway executed for it, each once. */
export interface LookupPlan {
  readonly names: readonly Recorded[];
  /** Nothing of these depends on another one: they run side by side. */
  readonly rest: readonly Recorded[];
  /** Turned into text anew for every call. */
  readonly result: unknown;
}

/** @param recorded everything that one call of the gateway executed @param result of that call */
export function lookupPlan(recorded: readonly Recorded[], result: unknown): LookupPlan {
  const once = new Map(recorded.map((each) => [JSON.stringify([each.text, each.values]), each]));
  const statements = [...once.values()];
  if (!statements.some(({ text }) => text === FIND_KEY)) {
    throw new Error('the gateway did not look the key up as this benchmark expects');
  }
  return {
    names: statements.filter(({ text }) => text === REPO_ID_BY_NAME),
    rest: statements.filter(({ text }) => text !== FIND_KEY && text !== REPO_ID_BY_NAME),
    result,
  };
}

/** The key's statement is in no part of the plan. */
export const statementsOf = ({ names, rest }: LookupPlan): number => 1 + names.length + rest.length;

/** Executes a plan by hand, all of it as named prepared statements. */
export class Lookups {
  private readonly pool: pg.Pool;
  private readonly known = new Map<string, string>();

  constructor(url: string, poolSize: number) {
    this.pool = new pg.Pool({ connectionString: url, max: poolSize, keepAlive: true });
  }

  async run({ names, rest, result }: LookupPlan, key: string): Promise<unknown> {
    const hash = createHash('sha256').update(key).digest();
    if ((await this.execute(FIND_KEY, [hash])) === 0) throw new Error('Invalid API KEY');
    for (const { text, values } of names) await this.execute(text, values);
    await Promise.all(rest.map(({ text, values }) => this.execute(text, values)));
    return result;
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** @returns the number of rows */
  private async execute(text: string, values: readonly unknown[]): Promise<number> {
    let name = this.known.get(text);
    if (name === undefined) this.known.set(text, (name = `lookup_${this.known.size}`));
    const { rows } = await this.pool.query({ name, text, values: [...values] });
    return rows.length;
  }
}
