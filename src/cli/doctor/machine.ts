import semver from 'semver';
import type { Settings } from '../../config/settings.js';
import { VersionControlService } from '../../vcs/version-control.service.js';
import { broken, note, ok, type Finding } from './finding.js';

const OLDEST_NODE = '20.19.0';

/** Node and the programs of version control. */
export async function machineFindings(settings: Settings): Promise<Finding[]> {
  const vcs = new VersionControlService(settings);
  try {
    const [git, hg] = await Promise.all([vcs.backend('git').version(), vcs.backend('hg').version()]);
    return [
      semver.gte(process.versions.node, OLDEST_NODE)
        ? ok('node', process.versions.node)
        : broken('node', process.versions.node, `Install Node ${OLDEST_NODE} or later.`),
      git.reason === null
        ? ok('git', `${git.version} (${git.path})`)
        : broken('git', git.reason, 'Install git 2.38 or later, on Debian: apt-get install git'),
      hg.reason === null
        ? ok('hg', `${hg.version} (${hg.path})`)
        : note('hg', hg.reason, 'Only for Mercurial repositories, on Debian: apt-get install mercurial'),
    ];
  } finally {
    await vcs.close();
  }
}
