const CLUSTER = 'PLUGIN_TEST_CLUSTER';

/** What whoever runs tests says about them; the only reader of the environment here. */
export const TEST_ENVIRONMENT = {
  /** Level of the log on standard output; nothing unless given. */
  logLevel: process.env['TEST_LOG'] ?? 'silent',
  /** A cluster that is there for all processes of a test run, as JSON of `TestCluster`. */
  get cluster(): string | undefined {
    return process.env[CLUSTER];
  },
};

/** Hands a cluster on to the processes that are started from now on, and to this one. */
export function shareCluster(json: string): void {
  process.env[CLUSTER] = json;
}
