import type { Database } from '../database/database.js';
import type { Json, PluginStore } from '../sdk/index.js';

const MAX_KEY = 200;
const MAX_VALUE_BYTES = 64 * 1024;

const GET = 'SELECT value FROM plugin_store WHERE plugin_id = $1 AND key = $2';
const SET = `
  INSERT INTO plugin_store (plugin_id, key, value) VALUES ($1, $2, $3)
  ON CONFLICT (plugin_id, key) DO UPDATE SET value = excluded.value, updated_at = now()`;
const DELETE = 'DELETE FROM plugin_store WHERE plugin_id = $1 AND key = $2';

/** State of one plugin in the table `plugin_store`. */
export class SqlPluginStore implements PluginStore {
  constructor(
    private readonly db: Database,
    private readonly pluginId: string,
  ) {}

  async get(key: string): Promise<Json | undefined> {
    const [row] = await this.db.query<{ value: Json }>(GET, [this.pluginId, key]);
    return row?.value;
  }

  async set(key: string, value: Json): Promise<void> {
    const text = checked(key, value);
    await this.db.query(SET, [this.pluginId, key, text]);
  }

  async delete(key: string): Promise<void> {
    await this.db.query(DELETE, [this.pluginId, key]);
  }

  async update(key: string, change: (now: Json | undefined) => Json | undefined): Promise<Json | undefined> {
    return this.db.transaction(async (tx) => {
      // A key that is not there yet has no row to lock
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${this.pluginId} ${key}`]);
      const [row] = await tx.query<{ value: Json }>(GET, [this.pluginId, key]);
      const next = change(row?.value);
      if (next === undefined) await tx.query(DELETE, [this.pluginId, key]);
      else await tx.query(SET, [this.pluginId, key, checked(key, next)]);
      return next;
    });
  }
}

/** @returns the value as JSON @throws RangeError */
function checked(key: string, value: Json): string {
  const text = JSON.stringify(value);
  if (key.length === 0 || key.length > MAX_KEY) throw new RangeError(`a key has 1 to ${MAX_KEY} characters`);
  if (Buffer.byteLength(text) > MAX_VALUE_BYTES)
    throw new RangeError(`a value has at most ${MAX_VALUE_BYTES} bytes`);
  return text;
}
