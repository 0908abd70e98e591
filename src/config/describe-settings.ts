import { fileKey, originOf, type Origin } from './load-settings.js';
import type { Setting } from './setting.js';
import type { Settings } from './settings.js';
import { SETTINGS_SCHEMA } from './settings-schema.js';

export interface SettingInForce {
  /** Environment variable. */
  readonly name: string;
  /** As text; secrets and the passwords of URLs are hidden; empty when not set. */
  readonly value: string;
  readonly source: Origin;
  readonly meaning: string;
}

export interface SettingReference {
  readonly env: string;
  /** Null for what can be set in the environment only. */
  readonly fileKey: string | null;
  readonly allowed: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** What `forgegate config` prints. */
export function describeSettings(settings: Settings): SettingInForce[] {
  return entries().map(([name, setting]) => ({
    name: setting.env,
    value: setting.secret
      ? settings[name] === null
        ? ''
        : '********'
      : maskPassword(asText(settings[name])),
    source: originOf(settings, name),
    meaning: setting.meaning,
  }));
}

/** What the documentation prints. */
export function settingsReference(): SettingReference[] {
  return entries().map(([, setting]) => ({
    env: setting.env,
    fileKey: setting.env === 'FORGEGATE_HOME' ? null : fileKey(setting.env),
    allowed: setting.kind.allowed,
    fallback: setting.fallbackText ?? (asText(setting.fallback) || 'none'),
    meaning: setting.meaning,
  }));
}

/** Hides the password of a URL, in front of the host and among the parameters. */
export function maskPassword(text: string): string {
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^:/@]*):.*@/i, '$1:****@')
    .replace(/([?&](?:password|sslpassword)=)[^&]*/gi, '$1****');
}

function entries(): [keyof Settings, Setting<unknown>][] {
  return Object.entries(SETTINGS_SCHEMA) as [keyof Settings, Setting<unknown>][];
}

function asText(value: unknown): string {
  if (value instanceof Set) return [...value].join(',');
  return value === null ? '' : String(value as string | number | boolean | readonly string[]);
}
