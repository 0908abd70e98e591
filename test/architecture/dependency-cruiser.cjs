/**
 * Who may import whom (docs/ARCHITECTURE.md): every import goes down. A folder that is not listed may import nothing
 * of ours, so a new one has to be placed here first.
 */
const MAY_IMPORT = {
  sdk: [],
  client: [],
  config: [],
  metrics: [],
  scheduling: [],
  trail: [],
  egress: ['config', 'sdk'],
  database: ['config'],
  rpc: ['sdk', 'config', 'metrics', 'trail'],
  access: ['rpc', 'database', 'config'],
  events: ['sdk', 'database', 'trail'],
  vcs: ['config', 'sdk', 'egress'],
  'plugin-host': ['sdk', 'config'],
  delivery: [
    'sdk',
    'events',
    'plugin-host',
    'database',
    'config',
    'egress',
    'metrics',
    'scheduling',
    'trail',
  ],
  jobs: ['sdk', 'rpc', 'database', 'config', 'metrics', 'scheduling'],
  telemetry: ['rpc'],
  'plugin-bindings': [
    'plugin-host',
    'rpc',
    'access',
    'events',
    'database',
    'delivery',
    'egress',
    'families',
    'serving',
    'vcs',
    'config',
    'sdk',
  ],
  serving: ['access', 'vcs', 'events', 'config', 'database', 'metrics', 'rpc', 'families'],
};

/** Shared by all families. */
const FLOOR_OF_FAMILIES = [
  'sdk',
  'rpc',
  'access',
  'events',
  'database',
  'vcs',
  'config',
  'jobs',
  'metrics',
  'scheduling',
];

const folder = (names) => `^src/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^src/main\\.ts$', '^src/cli/main\\.ts$', '^plugins/'] },
      to: {},
    },
    ...Object.entries(MAY_IMPORT).map(([name, allowed]) => ({
      name: `${name}-imports-down`,
      severity: 'error',
      from: { path: `^src/${name}/` },
      to: { path: '^src/', pathNot: folder([name, ...allowed]) },
    })),
    {
      name: 'families-import-down',
      severity: 'error',
      from: { path: '^src/families/', pathNot: '^src/families/(webhooks|plugins)/' },
      to: { path: '^src/', pathNot: folder([...FLOOR_OF_FAMILIES, 'families']) },
    },
    {
      name: 'webhooks-and-plugins-import-down',
      severity: 'error',
      from: { path: '^src/families/(webhooks|plugins)/' },
      to: { path: '^src/', pathNot: folder([...FLOOR_OF_FAMILIES, 'families', 'delivery', 'plugin-host']) },
    },
    {
      name: 'families-keep-their-wire-to-themselves',
      comment: 'what a method looks like on the wire is the business of its own family',
      severity: 'error',
      from: { path: '^src/(?:serving|families/([^/]+))/' },
      to: { path: '^src/families/[^/]+/.*\\.(rpc|dto)\\.ts$', pathNot: '^src/families/$1/' },
    },
    {
      name: 'dialects-dress-what-families-answer',
      severity: 'error',
      from: { path: '^src/dialects/' },
      to: {
        path: '^src/',
        pathNot: [
          folder(['dialects', 'rpc', 'database', 'config']),
          '^src/families/.*(\\.(view|directory|module)|-record)\\.ts$',
        ],
      },
    },
    {
      name: 'families-know-no-dialect',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(dialects/|app\\.module)' },
      to: { path: '^src/dialects/' },
    },
    {
      name: 'plugins-know-the-sdk-only',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/' },
      to: { path: '^(src|plugins)/', pathNot: ['^plugins/$1/', '^src/sdk/', '^src/plugin-testing/index'] },
    },
    { name: 'nobody-imports-plugins', severity: 'error', from: { path: '^src/' }, to: { path: '^plugins/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
