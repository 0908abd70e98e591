import type { Database } from '../database/database.js';
import type { Json, PluginStore } from '../sdk/index.js';

const MAX_KEY = 200;
const MAX_VALUE_BYTES = 64 * 1024;

/** State of one plugin in the table `plugin_store`. */
export class SqlPluginStore implements PluginStore {
  constructor(
    private readonly db: Database,
    private readonly pluginId: string,
  ) {}

  async get(key: string): Promise<Json | undefined> {
    const [row] = await this.db.query<{ value: Json }>(
      'SELECT value FROM plugin_store WHERE plugin_id = $1 AND key = $2',
      [this.pluginId, key],
    );
    return row?.value;
  }

  async set(key: string, value: Json): Promise<void> {
    const text = JSON.stringify(value);
    if (key.length === 0 || key.length > MAX_KEY)
      throw new RangeError(`a key has 1 to ${MAX_KEY} characters`);
    if (Buffer.byteLength(text) > MAX_VALUE_BYTES)
      throw new RangeError(`a value has at most ${MAX_VALUE_BYTES} bytes`);
    await this.db.query(
      `INSERT INTO plugin_store (plugin_id, key, value) VALUES ($1, $2, $3)
       ON CONFLICT (plugin_id, key) DO UPDATE SET value = excluded.value, updated_at = now()`,
      [this.pluginId, key, text],
    );
  }

  async delete(key: string): Promise<void> {
    await this.db.query('DELETE FROM plugin_store WHERE plugin_id = $1 AND key = $2', [this.pluginId, key]);
  }
}
