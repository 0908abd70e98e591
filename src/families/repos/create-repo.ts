import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, denied, RpcFault } from '../../rpc/errors.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import { isNameTaken } from '../repo-groups/repo-groups.directory.js';
import { GatewaySettings } from '../settings/gateway-settings.js';
import { UsersDirectory } from '../users/users.directory.js';
import { checkCloneUri } from './clone-uri.js';
import { RepoCreation } from './repo-creation.js';
import type { CreateRepoArgs } from './repos.dto.js';
import type { StartedRepo } from './repos.results.js';

@Injectable()
export class CreateRepo {
  constructor(
    private readonly db: Database,
    private readonly creation: RepoCreation,
    private readonly settings: GatewaySettings,
    private readonly users: UsersDirectory,
    private readonly jobs: JobQueue,
  ) {}

  async run(caller: Caller, args: CreateRepoArgs): Promise<ResultOf<typeof StartedRepo>> {
    const name = args.repo_name;
    const failure = `failed to create repository \`${name}\``;
    const { group, missingGroups } = args.create_groups
      ? await this.creation.placeToMake(caller, name)
      : { group: await this.creation.placeFor(caller, name), missingGroups: [] };
    const ownerId = await this.ownerFor(caller, args.owner);
    if ((await isNameTaken(this.db, name)) === 'repo') throw conflict(`repo \`${name}\` already exist`);
    checkLandingRev(args.landing_rev, failure);
    const cloneUri = args.clone_uri ? checkCloneUri(args.clone_uri, failure) : null;
    const defaults = await this.settings.all();
    const jobId = await this.creation.start(
      caller,
      {
        name,
        group,
        missingGroups,
        ownerId,
        cloneUri,
        type: args.repo_type ?? defaults.default_repo_type,
        private: args.private ?? defaults.default_repo_private,
        description: args.description,
        landingRev: args.landing_rev,
        enableStatistics: args.enable_statistics ?? defaults.default_repo_enable_statistics,
        enableDownloads: args.enable_downloads ?? defaults.default_repo_enable_downloads,
        enableLocking: args.enable_locking,
        forkOf: null,
        copyPermissions: args.copy_permissions,
      },
      {
        failure,
        copy_permissions: args.copy_permissions,
        result: { msg: `Created new repository \`${name}\``, success: true },
      },
      cloneUri === null,
    );
    if (args.wait) return this.jobs.wait(jobId, caller);
    return { msg: `Creating repository \`${name}\``, success: true, job_id: jobId };
  }

  /** Only super admins may name another owner. */
  async ownerFor(caller: Caller, given: number | string | undefined): Promise<number> {
    if (given === undefined) return caller.principal.userId;
    if (!caller.principal.admin) throw denied('hg.admin', 'Only Kallithea admin can specify `owner` param');
    return (await this.users.require(given)).user_id;
  }
}

export function checkLandingRev(value: string, failure: string): void {
  if (/^(rev|branch|tag|book):[^\s:]+$/.test(value)) return;
  throw new RpcFault('REFUSED', failure, {
    argument: 'landing_rev',
    detail: 'landing_rev must be `type:name` with type rev, branch, tag or book, e.g. rev:tip',
  });
}
