import { join } from 'node:path';
import { DIALECTS, type Settings } from './settings.js';
import { LIMITS_SCHEMA } from './limits-schema.js';
import type { SchemaOf } from './setting.js';
import { baseUrl, databaseUrl, listenHost, localUrl, network, origin, url } from './network-kinds.js';
import { boolean, integer, list, oneOf, optional, path, setOf, text } from './setting-kinds.js';

/** Those that Kallithea's documentation prints, and two more of its controllers. */
const PUBLIC_VIEWS = [
  'ChangesetController:changeset_patch',
  'ChangesetController:changeset_raw',
  'FilesController:raw',
  'FilesController:archivefile',
  'HomeController:repo_refs_data',
  'PullrequestsController:show',
] as const;

/** Everything that can be set: parsing, checking, defaults, `npm run config` and the documentation come from here. */
export const SETTINGS_SCHEMA: SchemaOf<keyof Settings> = {
  home: {
    env: 'FORGEGATE_HOME',
    kind: path,
    fallback: '',
    fallbackText: './.forgegate',
    meaning: 'Folder of the embedded database, keys, spool, trash and forgegate.yaml',
  },
  host: {
    env: 'HOST',
    kind: listenHost,
    fallback: '127.0.0.1',
    meaning: 'Address to listen on; 0.0.0.0 or :: for all',
  },
  port: {
    env: 'PORT',
    kind: integer(0, 65_535),
    fallback: 5000,
    meaning: 'Port to listen on; 0 for a free one',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    kind: optional(databaseUrl),
    fallback: null,
    fallbackText: 'embedded PostgreSQL',
    meaning: 'PostgreSQL 15 or later; needed when several processes run',
  },
  databasePoolSize: {
    env: 'FORGEGATE_DATABASE_POOL_SIZE',
    kind: integer(2, 1_000),
    fallback: 10,
    meaning: 'Connections of this process to PostgreSQL',
  },
  repoRoot: {
    env: 'FORGEGATE_REPO_ROOT',
    kind: path,
    fallback: ({ home }) => join(home, 'repos'),
    fallbackText: '$FORGEGATE_HOME/repos',
    meaning: 'Folder of the repositories, by their names',
  },
  publicUrl: {
    env: 'FORGEGATE_PUBLIC_URL',
    kind: baseUrl,
    fallback: ({ host, port }) => localUrl(host, port),
    fallbackText: 'from HOST and PORT',
    meaning: 'Where users reach the gateway; its path is the prefix of all paths',
  },
  roles: {
    env: 'FORGEGATE_ROLES',
    kind: setOf(oneOf(['api', 'delivery', 'jobs'])),
    fallback: new Set(['api', 'delivery', 'jobs'] as const),
    meaning: 'What this process does',
  },
  adminUsername: {
    env: 'FORGEGATE_ADMIN_USERNAME',
    kind: text(
      'a user name of letters, digits, `_`, `-` and `.` that is not `default`',
      /^(?!default$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
    ),
    fallback: 'admin',
    meaning: 'First administrator, made at the first start',
  },
  adminEmail: {
    env: 'FORGEGATE_ADMIN_EMAIL',
    kind: text('an e-mail address', /^[^\s@]+@[^\s@]+$/),
    fallback: 'admin@localhost',
    meaning: 'E-mail address of the first administrator',
  },
  adminApiKey: {
    env: 'FORGEGATE_ADMIN_API_KEY',
    kind: optional(text('40 letters and digits', /^[0-9A-Za-z]{40}$/)),
    fallback: null,
    fallbackText: 'generated',
    meaning: 'API key of the first administrator; a changed one replaces the key described `bootstrap`',
    secret: true,
  },
  masterKey: {
    env: 'FORGEGATE_MASTER_KEY',
    kind: optional(
      text(
        '32 bytes as 64 hexadecimal digits or in base64, older ones behind it with commas',
        /^([0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)(,([0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?))*$/,
      ),
    ),
    fallback: null,
    fallbackText: 'generated',
    meaning: 'Key that encrypts the secrets in the database',
    secret: true,
  },
  masterKeyFile: {
    env: 'FORGEGATE_MASTER_KEY_FILE',
    kind: path,
    fallback: ({ home }) => join(home, 'master.key'),
    fallbackText: '$FORGEGATE_HOME/master.key',
    meaning: 'File of that key when FORGEGATE_MASTER_KEY is not set; generated, mode 0600',
  },
  dialect: {
    env: 'FORGEGATE_DIALECT',
    kind: oneOf(DIALECTS),
    fallback: 'kallithea',
    meaning: 'Dialect of calls whose key names none',
  },
  allowPrivateNetworks: {
    env: 'FORGEGATE_ALLOW_PRIVATE_NETWORKS',
    kind: list(network),
    fallback: [],
    meaning: 'Networks that outbound calls may reach beside public addresses',
  },
  egressProxy: {
    env: 'FORGEGATE_EGRESS_PROXY',
    kind: optional(url('http', 'https')),
    fallback: null,
    meaning: 'Proxy of outbound calls, which then checks the names itself',
  },
  trustedProxies: {
    env: 'FORGEGATE_TRUSTED_PROXIES',
    kind: list(network),
    fallback: [],
    meaning: 'Proxies whose X-Forwarded-For is believed',
  },
  apiAccessControllersWhitelist: {
    env: 'FORGEGATE_API_ACCESS_CONTROLLERS_WHITELIST',
    kind: list(oneOf(PUBLIC_VIEWS)),
    fallback: [],
    fallbackText: 'feeds only',
    meaning: 'Views that take `?api_key=` beside the feeds',
  },
  plugins: {
    env: 'FORGEGATE_PLUGINS',
    kind: list(text('a package name or a path', /^\S+$/)),
    fallback: [],
    meaning: 'Plugins outside of this tree',
  },
  pluginsDir: {
    env: 'FORGEGATE_PLUGINS_DIR',
    kind: optional(path),
    fallback: null,
    meaning: 'Folder whose folders are plugins too',
  },
  pluginsStrict: {
    env: 'FORGEGATE_PLUGINS_STRICT',
    kind: boolean,
    fallback: false,
    meaning: 'Stop when a plugin cannot be loaded, instead of going on without it',
  },
  pluginsIgnoreSdkRange: {
    env: 'FORGEGATE_PLUGINS_IGNORE_SDK_RANGE',
    kind: list(text('the id of a plugin', /^\S+$/)),
    fallback: [],
    meaning: 'Plugins to load although they are made for another version of the SDK',
  },
  smtpUrl: {
    env: 'FORGEGATE_SMTP_URL',
    kind: optional(url('smtp', 'smtps')),
    fallback: null,
    meaning: 'Mail server, e.g. smtps://user:password@mail.example.com',
  },
  mailFrom: {
    env: 'FORGEGATE_MAIL_FROM',
    kind: optional(
      text(
        'an e-mail address, also as `Name <address>`',
        /^([^<>]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/,
      ),
    ),
    fallback: null,
    meaning: 'Sender of mails',
  },
  retentionDays: {
    env: 'FORGEGATE_RETENTION_DAYS',
    kind: integer(1, 3_650, 'days'),
    fallback: 30,
    meaning: 'How long events and deliveries are kept',
  },
  logLevel: {
    env: 'FORGEGATE_LOG_LEVEL',
    kind: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    fallback: 'info',
    meaning: 'Least level that is logged; calls are logged at debug, slow ones at info, failed ones at warn',
  },
  corsOrigins: {
    env: 'FORGEGATE_CORS_ORIGINS',
    kind: list(origin),
    fallback: [],
    meaning: 'Web pages that may call the gateway from a browser',
  },
  ...LIMITS_SCHEMA,
};
