import { Injectable, Logger } from '@nestjs/common';
import type { Duplex } from 'node:stream';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { RECEIVING_PROGRAM, type Receiving } from '../../vcs/receiving.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { BranchMoves } from './branch-moves.js';
import { RepoLocks } from './repo-locks.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';
import { saveLastChangeset } from './stored-changeset.js';

/** Takes pushes in: what may be pushed, and what is known of the repository afterwards. */
@Injectable()
export class Pushes {
  private readonly log = new Logger('Pushes');

  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly locks: RepoLocks,
    private readonly moves: BranchMoves,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /**
   * Before a program is started that may change the repository. The caller's right to push was checked.
   * @throws RpcFault CONFLICT when somebody else has locked it
   */
  async begin(caller: Caller, repo: RepoRecord): Promise<Receiving> {
    await this.locks.checkPush(caller, repo);
    return {
      ...RECEIVING_PROGRAM,
      connect: (channel) => this.answer(channel),
      finished: () =>
        this.record(caller, repo).catch((error: unknown) =>
          this.log.error(`after a push to \`${repo.repo_name}\`: ${(error as Error).message}`),
        ),
    };
  }

  private answer(channel: Duplex): void {
    let text = '';
    channel.on('error', () => undefined);
    channel.setEncoding('utf8').on('data', (part: string) => {
      const questions = (text + part).split('\n\n');
      text = questions.pop() ?? '';
      for (const _question of questions) channel.write('ok\n');
    });
  }

  private async record(caller: Caller, repo: RepoRecord): Promise<void> {
    const last = await this.vcs.backend(repo.repo_type).lastChangeset(this.root.directory(repo.repo_name));
    await this.db.transaction(async (tx) => {
      await saveLastChangeset(tx, repo.repo_id, last);
      await this.repos.changed(tx, repo.repo_id);
    });
    await this.locks.onPush(caller, repo);
    await this.moves.happened(caller, repo);
  }
}
