import { join, resolve } from 'node:path';
import { nearestName } from './nearest-name.js';
import type { Early, Setting } from './setting.js';
import type { Settings } from './settings.js';
import { SettingsError } from './settings-error.js';
import { readSettingsFile, type FileValue } from './settings-file.js';
import { SETTINGS_SCHEMA } from './settings-schema.js';

export type Origin = 'default' | 'env' | 'file';
type Name = keyof Settings;

const NAMES = Object.keys(SETTINGS_SCHEMA) as Name[];
const ORIGINS = new WeakMap<Settings, ReadonlyMap<Name, Origin>>();

export interface SettingsSource {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What relative paths of the environment start from; those of the file start from its folder. */
  readonly folder?: string;
}

/**
 * Reads the settings of this process: environment first, then `forgegate.yaml` in the home, then defaults.
 * @returns frozen
 * @throws SettingsError that names everything that is wrong
 */
export function loadSettings({ env = process.env, folder = process.cwd() }: SettingsSource = {}): Settings {
  const home = resolve(folder, env['FORGEGATE_HOME']?.trim() || '.forgegate');
  const file = readSettingsFile(join(home, 'forgegate.yaml'));
  const problems = [...file.problems, ...unknownNames(env, file.values, file.path)];
  const values: Partial<Record<Name, unknown>> = { home };
  const origins = new Map<Name, Origin>([['home', env['FORGEGATE_HOME']?.trim() ? 'env' : 'default']]);

  for (const name of NAMES.filter((known) => known !== 'home')) {
    const setting = SETTINGS_SCHEMA[name] as Setting<unknown>;
    const fromEnv = env[setting.env]?.trim();
    const fromFile = file.values.get(fileKey(setting.env));
    const given = fromEnv || fromFile;
    origins.set(name, fromEnv ? 'env' : fromFile === undefined ? 'default' : 'file');
    if (given === undefined) {
      values[name] = defaultOf(setting, values as unknown as Early);
      continue;
    }
    values[name] = parse(setting, given, fromEnv ? folder : home);
    if (values[name] !== undefined) continue;
    problems.push(refusal(setting, given, fromEnv ? setting.env : `${fileKey(setting.env)} in ${file.path}`));
    // what depends on it must not fail too
    values[name] = defaultOf(setting, values as unknown as Early);
  }
  if (origins.get('masterKey') !== 'default' && origins.get('masterKeyFile') !== 'default') {
    problems.push('FORGEGATE_MASTER_KEY and FORGEGATE_MASTER_KEY_FILE are both set; set one of them');
  }
  if (problems.length > 0) throw new SettingsError(problems);
  const settings = Object.freeze(values) as unknown as Settings;
  ORIGINS.set(settings, origins);
  return settings;
}

/** Key in `forgegate.yaml` of an environment variable, e.g. `delivery_timeout_ms`. */
export function fileKey(env: string): string {
  return env.replace(/^FORGEGATE_/, '').toLowerCase();
}

/** Where a value came from; `default` for settings that were not loaded but put together. */
export function originOf(settings: Settings, name: Name): Origin {
  return ORIGINS.get(settings)?.get(name) ?? 'default';
}

function parse(setting: Setting<unknown>, given: FileValue, folder: string): unknown {
  if (typeof given === 'string') return setting.kind.parse(given, folder);
  return Array.isArray(given) ? setting.kind.parseItems?.(given as readonly string[], folder) : undefined;
}

function defaultOf(setting: Setting<unknown>, known: Early): unknown {
  const { fallback } = setting;
  const value: unknown =
    typeof fallback === 'function' ? (fallback as (known: Early) => unknown)(known) : fallback;
  return Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value;
}

function refusal(setting: Setting<unknown>, given: FileValue, name: string): string {
  return `${name} is ${quote(setting, given)}, but must be ${setting.kind.allowed}`;
}

function quote(setting: Setting<unknown>, given: FileValue): string {
  if (typeof given !== 'string' && 'unusable' in given) return given.unusable;
  const shown = typeof given === 'string' ? given : given.join(', ');
  // what is refused may still be a secret with a typing error
  if (setting.secret || shown.includes('@')) return 'not usable';
  return `\`${shown.length > 200 ? `${shown.slice(0, 200)}...` : shown}\``;
}

function unknownNames(
  env: Readonly<Record<string, string | undefined>>,
  values: ReadonlyMap<string, FileValue>,
  path: string,
): string[] {
  const variables = NAMES.map((name) => SETTINGS_SCHEMA[name].env);
  const keys = variables.filter((variable) => variable !== 'FORGEGATE_HOME').map(fileKey);
  const inEnv = Object.keys(env)
    .filter((name) => name.startsWith('FORGEGATE_') && !variables.includes(name))
    .map((name) => `${name} is not a setting; the nearest one is ${nearestName(name, variables)}`);
  const inFile = [...values.keys()]
    .filter((key) => !keys.includes(key))
    .map((key) =>
      key === 'home'
        ? `home in ${path} has no meaning: it decides where that file is. Set FORGEGATE_HOME`
        : `${key} in ${path} is not a setting; the nearest one is ${nearestName(key, keys)}`,
    );
  return [...inEnv, ...inFile];
}
