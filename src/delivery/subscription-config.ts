import { isDeepStrictEqual } from 'node:util';
import type { HostedAdapter } from '../plugin-host/hosted-adapter.js';
import type { JsonObject } from '../sdk/index.js';

/** What stands in the place of a secret in every answer. */
export const SECRET_MASK = '******';

/** The settings of an adapter, in what may be shown and what may not. */
interface PartedConfig {
  readonly open: JsonObject;
  readonly secret: JsonObject;
}

/** The column `config`: secret members stand in it as masks, so that showing it needs no key. */
export function shown({ open, secret }: PartedConfig): JsonObject {
  return { ...open, ...Object.fromEntries(Object.keys(secret).map((name) => [name, SECRET_MASK])) };
}

/** Secret members that are left out or still masked keep their values; null removes one. */
export function keepSecrets(given: JsonObject, stored: JsonObject, adapter: HostedAdapter): JsonObject {
  const config = { ...given };
  for (const name of adapter.config.secretNames) {
    const value = config[name];
    if (value === null) delete config[name];
    else if ((value === undefined || value === SECRET_MASK) && stored[name] !== undefined)
      config[name] = stored[name];
  }
  return config;
}

/** @param column what is stored in the open @param secrets what is sealed */
export const isSameConfig = (config: PartedConfig, column: JsonObject, secrets: JsonObject): boolean =>
  isDeepStrictEqual([shown(config), config.secret], [column, secrets]);
