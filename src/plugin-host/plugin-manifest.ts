import { Ajv } from 'ajv';
import semver from 'semver';
import { SDK_VERSION, type JsonSchema } from '../sdk/index.js';
import { AdapterConfig } from './adapter-config.js';
import { manifestProblems } from './manifest-problems.js';
import {
  ISOLATIONS,
  MANIFEST_SCHEMA,
  PLUGIN_KINDS,
  type Isolation,
  type PluginKind,
} from './manifest-schema.js';

/** `plugin.json`: all that is known of a plugin before any of its code runs. */
export interface PluginManifest {
  readonly id: string;
  readonly version: string;
  /** semver range of the plugin API, e.g. `^1.1.0`. */
  readonly sdk: string;
  readonly summary?: string;
  readonly kinds: readonly PluginKind[];
  /** JSON Schema of the plugin's settings. */
  readonly config?: JsonSchema;
  readonly capabilities: {
    readonly methods?: readonly string[];
    readonly events?: readonly string[];
    readonly hosts?: readonly string[];
    readonly repositories?: { readonly read?: readonly string[]; readonly write?: readonly string[] };
  };
  /** Whether it runs while no operator decided; default true. */
  readonly enabled?: boolean;
  readonly isolation: Isolation;
  /** Entry module, relative to the folder. Default `index.js`. */
  readonly entry?: string;
  /** Program and arguments of a child. */
  readonly command?: readonly string[];
  /** Of a worker or child; default 256. */
  readonly memoryMb?: number;
}

/** Why a plugin does not run; `code` is UPPER_SNAKE and stable, the message is for people. */
export class PluginRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PluginRefusal';
  }
}

const validate = new Ajv({ strict: false, allErrors: true, verbose: true }).compile<PluginManifest>(
  MANIFEST_SCHEMA,
);

export interface ManifestRules {
  /** The id that the plugin's folder asks for; null where folders are not named after plugins (npm). */
  readonly folder: string | null;
  /** Ids whose `sdk` range is not looked at. */
  readonly ignoreSdkRange: readonly string[];
}

/** @throws PluginRefusal */
export function parseManifest(text: string, { folder, ignoreSdkRange }: ManifestRules): PluginManifest {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    throw new PluginRefusal('MANIFEST_INVALID', `plugin.json is not JSON: ${(error as Error).message}`);
  }
  if (!validate(manifest)) {
    throw new PluginRefusal('MANIFEST_INVALID', manifestProblems(validate.errors ?? []).join('; '));
  }
  const { id, version, sdk, kinds, isolation } = manifest;
  try {
    new AdapterConfig(manifest.config);
  } catch (error) {
    throw new PluginRefusal('MANIFEST_INVALID', `config: ${(error as Error).message}`, { cause: error });
  }
  if (folder !== null && id !== folder) {
    throw new PluginRefusal('ID_MISMATCH', `its id is ${id}, its folder is named ${folder}`);
  }
  if (semver.valid(version) === null) {
    throw new PluginRefusal('MANIFEST_INVALID', `version ${version} is not a semantic version`);
  }
  if (semver.validRange(sdk) === null) {
    throw new PluginRefusal('MANIFEST_INVALID', `sdk ${sdk} is not a version range`);
  }
  if (!semver.satisfies(SDK_VERSION, sdk) && !ignoreSdkRange.includes(id)) {
    throw new PluginRefusal('SDK_MISMATCH', `it needs plugin API ${sdk}, this gateway has ${SDK_VERSION}`);
  }
  const strangers = kinds.filter((kind) => !isOneOf(PLUGIN_KINDS, kind));
  if (strangers.length > 0) {
    throw new PluginRefusal(
      'KIND_UNSUPPORTED',
      `this gateway cannot run plugins of kind ${strangers.join(', ')}, only ${PLUGIN_KINDS.join(', ')}`,
    );
  }
  if (!isOneOf(ISOLATIONS, isolation)) {
    throw new PluginRefusal(
      'ISOLATION_UNSUPPORTED',
      `isolation ${String(isolation)} is not known, only ${ISOLATIONS.join(', ')}`,
    );
  }
  if (manifest.command && isolation !== 'child')
    throw new PluginRefusal('MANIFEST_INVALID', 'command goes with isolation child only');
  return manifest;
}

const isOneOf = (known: readonly string[], value: string) => known.includes(value);
