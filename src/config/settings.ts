/** Injection token of the frozen {@link Settings}. */
export const SETTINGS = Symbol('SETTINGS');

export type Role = 'api' | 'delivery' | 'jobs';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export const DIALECTS = [
  'kallithea',
  'kallithea-2019',
  'kallithea-2016',
  'kallithea-2014',
  'rhodecode-1.3',
  'rhodecode-4',
] as const;
export type Dialect = (typeof DIALECTS)[number];

/** Everything that can be set from outside, parsed and checked once at start (see docs/operations.md). */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** Connections of this process to PostgreSQL. */
  readonly databasePoolSize: number;
  /** Absolute. */
  readonly home: string;
  /** Absolute. */
  readonly repoRoot: string;
  /** Without a trailing slash, e.g. `https://code.example.com/scm`; its path is the URL prefix. */
  readonly publicUrl: string;
  readonly roles: ReadonlySet<Role>;
  readonly adminUsername: string;
  readonly adminEmail: string;
  readonly adminApiKey: string | null;
  /** 32 bytes in base64 or hex, as given; null: kept in `masterKeyFile` (see `loadMasterKeys`). */
  readonly masterKey: string | null;
  readonly masterKeyFile: string;
  readonly dialect: Dialect;
  readonly allowPrivateNetworks: readonly string[];
  readonly egressProxy: string | null;
  readonly trustedProxies: readonly string[];
  readonly apiAccessControllersWhitelist: readonly string[];
  readonly plugins: readonly string[];
  readonly pluginsDir: string | null;
  readonly pluginsStrict: boolean;
  readonly pluginsIgnoreSdkRange: readonly string[];
  readonly smtpUrl: string | null;
  readonly mailFrom: string | null;
  readonly retentionDays: number;
  readonly logLevel: LogLevel;
  readonly corsOrigins: readonly string[];
  /** Largest request body after decoding, in bytes. */
  readonly maxBodyBytes: number;
  /** Largest JSON-RPC 2.0 batch. */
  readonly maxBatchItems: number;
  /** Batch items running at once. */
  readonly batchParallelism: number;
  /** A call must answer within this; its child processes are killed then. */
  readonly callDeadlineMs: number;
  /** Calls slower than this are logged at info. */
  readonly slowCallMs: number;
  /** Sustained calls a second for one API key, with a burst of the same number times `rateLimitBurst`; 0 = no limit. */
  readonly rateLimitPerKey: number;
  readonly rateLimitPerAddress: number;
  /** Burst as a multiple of the sustained rate. */
  readonly rateLimitBurst: number;
  /** Wrong passwords and keys of one address, and wrong passwords of one user, that are let through; 0 = no limit. */
  readonly failedLoginsPerMinute: number;
  /** Requests of git and Mercurial clients served at once by this process. */
  readonly transferConcurrency: number;
  /** How long one waits for its turn; 0 = not at all. */
  readonly transferWaitMs: number;
  /** Such a request ends when nothing moves for so long, in either direction. */
  readonly transferIdleTimeoutMs: number;
  readonly transferTimeoutMs: number;
  /** Largest pack of a git push, and largest bundle of a Mercurial one, in bytes. */
  readonly maxPushBytes: number;
  /** What a clone from or a pull of another host brings, in bytes. */
  readonly maxPullBytes: number;
  /** Deliveries running at once in this process. */
  readonly deliveryConcurrency: number;
  /** One attempt, from dial to the end of the answer. */
  readonly deliveryTimeoutMs: number;
  /** Seconds to wait before attempt 2, 3, ... */
  readonly deliveryRetryScheduleS: readonly number[];
  /** How long a claimed delivery may stay silent before another worker takes it. */
  readonly deliveryLeaseMs: number;
  /** Failures in a row after which an endpoint is only probed. */
  readonly deliveryBreakerFailures: number;
  /** How long nothing is sent to it then; doubled after each probe that fails. */
  readonly deliveryBreakerPauseMs: number;
  /** First pause of an endpoint that answers 429, 502, 503 or 504 and names none; doubled each time. */
  readonly deliverySlowdownMs: number;
  /** Jobs that dial out, and as many that do not, running at once in this process. */
  readonly jobConcurrency: number;
  /** How long a claimed job may stay silent before another process takes it. */
  readonly jobLeaseMs: number;
}
