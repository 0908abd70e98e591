import type { JsonSchema } from '../sdk/index.js';

export const KEBAB_CASE = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$';

/** What a plugin can add, as `kinds` of `plugin.json` names it. */
export const PLUGIN_KINDS = [
  'adapter',
  'methods',
  'handler',
  'policy',
  'events',
  'pages',
  'schedule',
] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

/** `process`: in the gateway's own; `worker`: a thread with limits; `child`: a process of any language, over stdio. */
export const ISOLATIONS = ['process', 'worker', 'child'] as const;
export type Isolation = (typeof ISOLATIONS)[number];

const texts = (description: string) => ({
  description,
  type: 'array',
  items: { type: 'string', minLength: 1 },
  uniqueItems: true,
});

/** JSON Schema of `plugin.json`, published as `plugins/plugin.schema.json`. */
export const MANIFEST_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'plugin.json of a Forgegate plugin',
  type: 'object',
  required: ['id', 'version', 'sdk', 'kinds', 'capabilities', 'isolation'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    id: {
      description: 'Kebab-case; the name of the folder.',
      type: 'string',
      pattern: KEBAB_CASE,
      maxLength: 60,
    },
    version: { description: 'Semantic version of the plugin.', type: 'string' },
    sdk: { description: 'Range of the plugin API, e.g. ^1.1.0.', type: 'string', minLength: 1 },
    summary: { description: 'One sentence for operators.', type: 'string' },
    kinds: { ...texts('What it adds; anything else is refused during setup.'), minItems: 1 },
    config: {
      description: 'JSON Schema of its settings; secret members of the first level carry "x-secret": true.',
      type: 'object',
    },
    capabilities: {
      description: 'What it may do; what goes through ctx is held to it.',
      type: 'object',
      additionalProperties: false,
      properties: {
        methods: texts('Methods that ctx.call may call; globs.'),
        events: texts('Event types that it may see; * for any run of characters.'),
        hosts: texts('Hosts that ctx.http may reach; * stands for one label, or alone for all.'),
        repositories: {
          description: 'Repositories that ctx.call may concern; globs of full names.',
          type: 'object',
          additionalProperties: false,
          properties: { read: texts('To read.'), write: texts('To read and change.') },
        },
      },
    },
    enabled: {
      description: 'Whether it runs before an operator said so with enable_plugin. Default true.',
      type: 'boolean',
    },
    isolation: { description: 'process, worker or child.', type: 'string' },
    entry: {
      description: 'Entry module, relative to the folder. Default index.js.',
      type: 'string',
      pattern: '^(?!/)(?!.*\\.\\.)[\\w./-]+\\.m?js$',
    },
    command: {
      description: 'Only with isolation child: program and arguments, for plugins that are not JavaScript.',
      type: 'array',
      items: { type: 'string', minLength: 1 },
      minItems: 1,
    },
    memoryMb: {
      description: 'Memory of a worker or a child. Default 256.',
      type: 'integer',
      minimum: 16,
      maximum: 8192,
    },
  },
} as const satisfies JsonSchema;
