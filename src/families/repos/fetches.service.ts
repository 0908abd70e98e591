import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { RepoLocks } from './repo-locks.js';
import type { RepoRecord } from './repo-record.js';

/** What follows when a client has fetched from a repository. */
@Injectable()
export class Fetches {
  constructor(private readonly locks: RepoLocks) {}

  async happened(caller: Caller, repo: RepoRecord): Promise<void> {
    await this.locks.onPull(caller, repo);
  }
}
