import { access } from 'node:fs/promises';
import { adminKeyFile } from './access/first-administrator.js';
import type { StartFacts } from './cli/banner.js';
import { maskPassword } from './config/describe-settings.js';
import { FORGEGATE_VERSION } from './config/version.js';
import type { Gateway } from './gateway.js';
import { VersionControl, type RepoType } from './vcs/vcs.js';

/** What a start tells the person who started it. */
export async function startFacts({ app, settings, address, embedded }: Gateway): Promise<StartFacts> {
  const vcs = app.get(VersionControl, { strict: false });
  const programs = (['git', 'hg'] as RepoType[]).map(async (type) => ({
    program: type,
    ...(await vcs.backend(type).version()),
  }));
  const keyFile = adminKeyFile(settings.home);
  return {
    version: FORGEGATE_VERSION,
    endpoint: address,
    database: embedded
      ? `embedded PostgreSQL in ${embedded.dataDir}`
      : maskPassword(settings.databaseUrl as string),
    repoRoot: settings.repoRoot,
    keyFile: await access(keyFile).then(
      () => keyFile,
      () => null,
    ),
    programs: await Promise.all(programs),
    notes: embedded?.note ? [embedded.note] : [],
  };
}
