import { Ajv } from 'ajv';
import semver from 'semver';
import { SDK_VERSION } from '../sdk/index.js';

/** `plugin.json`: all that is known of a plugin before any of its code runs. */
export interface PluginManifest {
  readonly id: string;
  readonly version: string;
  /** semver range of the plugin API, e.g. `^1.0.0`. */
  readonly sdk: string;
  readonly summary?: string;
  readonly kinds: readonly string[];
  readonly capabilities: {
    readonly methods?: string[];
    readonly events?: string[];
    readonly hosts?: string[];
  };
  readonly isolation: string;
  /** Entry module, relative to the folder. Default `index.js`. */
  readonly entry?: string;
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

export const KEBAB_CASE = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$';
const SUPPORTED_KINDS = new Set(['adapter']);
const SUPPORTED_ISOLATION = new Set(['process']);
const texts = { type: 'array', items: { type: 'string', minLength: 1 } };

const SCHEMA = {
  type: 'object',
  required: ['id', 'version', 'sdk', 'kinds', 'capabilities', 'isolation'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: KEBAB_CASE, maxLength: 60 },
    version: { type: 'string' },
    sdk: { type: 'string', minLength: 1 },
    summary: { type: 'string' },
    kinds: { ...texts, minItems: 1 },
    capabilities: {
      type: 'object',
      additionalProperties: false,
      properties: { methods: texts, events: texts, hosts: texts },
    },
    isolation: { type: 'string' },
    entry: { type: 'string', pattern: '^(?!/)(?!.*\\.\\.)[\\w./-]+\\.m?js$' },
  },
} as const;

const validate = new Ajv({ strict: false, allErrors: true }).compile<PluginManifest>(SCHEMA);

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
    const problems = (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
      const extra = (params as { additionalProperty?: string }).additionalProperty;
      return `${instancePath.slice(1) || 'plugin.json'} ${message}${extra ? ` (${extra})` : ''}`;
    });
    throw new PluginRefusal('MANIFEST_INVALID', problems.join('; '));
  }
  const { id, version, sdk, kinds, isolation } = manifest;
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
  const strangers = kinds.filter((kind) => !SUPPORTED_KINDS.has(kind));
  if (strangers.length > 0) {
    throw new PluginRefusal(
      'KIND_UNSUPPORTED',
      `this gateway cannot run plugins of kind ${strangers.join(', ')}`,
    );
  }
  if (!SUPPORTED_ISOLATION.has(isolation)) {
    throw new PluginRefusal(
      'ISOLATION_UNSUPPORTED',
      `isolation ${isolation} is not supported, only process is`,
    );
  }
  return manifest;
}
