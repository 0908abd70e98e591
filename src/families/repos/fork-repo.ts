import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { conflict } from '../../rpc/errors.js';
import { repoCreated, repoForked } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { CreateRepo, checkLandingRev } from './create-repo.js';
import { RepoCreation } from './repo-creation.js';
import { RepoEvents } from './repo-events.js';
import { ReposDirectory } from './repos.directory.js';
import type { ForkRepoArgs } from './repos.dto.js';

@Injectable()
export class ForkRepo {
  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly creation: RepoCreation,
    private readonly createRepo: CreateRepo,
    private readonly events: RepoEvents,
    private readonly access: Access,
    private readonly root: RepoRoot,
  ) {}

  async run(caller: Caller, args: ForkRepoArgs): Promise<{ msg: string; success: true }> {
    const source = await this.repos.find(args.repoid);
    // A hidden source must look missing before anything else is said of it
    if (!source || !(await this.access.has(caller.principal, 'repo', source.id, 'read')))
      throw doesNotExist('repo', args.repoid);
    this.access.requireScope(caller.principal, 'repo', source.name);
    const name = args.fork_name;
    const failure = `failed to fork repository \`${source.repo_name}\` as \`${name}\``;
    await this.refuseTaken(name);
    const group = await this.creation.placeFor(caller, name);
    const ownerId = await this.createRepo.ownerFor(caller, args.owner);
    checkLandingRev(args.landing_rev, failure);
    await this.creation.create(
      caller,
      {
        name,
        group,
        ownerId,
        type: source.repo_type,
        private: args.private,
        description: args.description,
        cloneUri: null,
        landingRev: args.landing_rev,
        enableStatistics: false,
        enableDownloads: false,
        forkOf: source,
        copyPermissions: args.copy_permissions,
      },
      failure,
      (backend, directory) =>
        backend.clone(directory, { path: this.root.directory(source.repo_name) }, caller),
      async (tx, fork) => {
        const repo = this.events.shape(fork);
        await this.events.record(tx, repoCreated, caller, fork, { repo, source: 'fork' });
        // Who watches an open repository must not learn of private forks through it
        if (!fork.private || source.private)
          await this.events.record(tx, repoForked, caller, source, { repo });
      },
    );
    return { msg: `Created fork of \`${source.repo_name}\` as \`${name}\``, success: true };
  }

  private async refuseTaken(name: string): Promise<void> {
    const [taken] = await this.db.query<{ is_fork: boolean }>(
      'SELECT fork_id IS NOT NULL AS is_fork FROM repo WHERE lower(repo_name) = lower($1)',
      [name],
    );
    if (taken) throw conflict(`${taken.is_fork ? 'fork' : 'repo'} \`${name}\` already exist`);
  }
}
