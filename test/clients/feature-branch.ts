import { join } from 'node:path';
import type { TestGateway } from '../harness/gateway.js';
import { WorkTree } from '../harness/repositories.js';

/** A branch `feature` of `website`, one commit ahead of `main`. */
export async function createFeature(gateway: TestGateway): Promise<void> {
  const tree = WorkTree.clone('git', join(gateway.settings.repoRoot, 'website'));
  tree.switchTo('main');
  tree.branch('feature');
  tree.commit('feature', 'new\n', 'Add a feature');
  tree.push();
  tree.remove();
  await gateway.call('invalidate_cache', { repoid: 'website' });
}
