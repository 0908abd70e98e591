import { startTestCluster } from '../../src/plugin-testing/test-cluster.js';
import { shareCluster } from '../../src/plugin-testing/test-environment.js';

/** One cluster for all workers of a run, which inherit the environment. */
export default async function setup(): Promise<() => Promise<void>> {
  const { cluster, stop } = await startTestCluster();
  shareCluster(JSON.stringify(cluster));
  return stop;
}
