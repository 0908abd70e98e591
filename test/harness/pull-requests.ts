import { join } from 'node:path';
import { Database } from '../../src/database/database.js';
import type { TestGateway } from './gateway.js';
import { hasHg, WorkTree } from './repositories.js';

export const TYPES = ['git', ...(hasHg ? ['hg'] : [])] as ('git' | 'hg')[];
export const WITHOUT_HG = hasHg ? '' : ' (hg is left out: Mercurial is not installed)';

export interface Overview {
  pull_request_id: number;
  title: string;
  description: string;
  status: string;
  review_status: string;
  commit_ids: string[];
  mergeable: { status: boolean | string; message: string; checks: MergeCheck[] };
  merge_commit: string | null;
  merged_at: string | null;
  source: { repository: string; reference: { commit_id: string } };
  target: { repository: string; reference: { commit_id: string } };
  author: { username: string };
  reviewers: { user: { username: string }; review_status: string }[];
}
interface MergeCheck {
  name: string;
  passed: boolean;
  blocks: boolean;
  message: string;
}

export interface Comment {
  comment_id: number;
  comment_type: string;
  comment_text: string;
  comment_status: { status?: string };
  comment_f_path: string | null;
  comment_lineno: string | null;
  comment_author: { username: string };
  comment_resolved_by: number | null;
  comment_last_version: number;
}

export interface RecordedEvent {
  type: string;
  data: Record<string, unknown> & {
    actor: { username: string };
    repository: { repo_name: string };
    pull_request: Record<string, unknown> & { pull_request_id: number };
  };
}

/** A private project of `owner`, whom `reviewer` may read and `writer` may write to; `stranger` sees nothing of it. */
export class PullRequestStage {
  readonly main: string;

  private constructor(
    readonly gateway: TestGateway,
    readonly type: 'git' | 'hg',
    readonly keys: Record<'owner' | 'writer' | 'reviewer' | 'admin' | 'stranger', string>,
    /** First commit of the project. */
    readonly base: string,
  ) {
    this.main = type === 'git' ? 'main' : 'default';
  }

  static async on(gateway: TestGateway, type: 'git' | 'hg'): Promise<PullRequestStage> {
    const keys = { admin: gateway.adminKey } as PullRequestStage['keys'];
    for (const name of ['owner', 'writer', 'reviewer', 'stranger'] as const)
      keys[name] = (await gateway.createUser(name)).key;
    await gateway.call('create_repo', { repo_name: 'proj', repo_type: type, private: true, owner: 'owner' });
    for (const [userid, level] of [
      ['writer', 'write'],
      ['reviewer', 'read'],
    ])
      await gateway.call('grant_user_permission', { repoid: 'proj', userid, perm: `repository.${level}` });
    const tree = WorkTree.clone(type, join(gateway.settings.repoRoot, 'proj'));
    const base = tree.commit('shared.txt', 'one\ntwo\nthree\n', 'base');
    tree.push();
    tree.remove();
    return new PullRequestStage(gateway, type, keys, base);
  }

  directory(repo = 'proj'): string {
    return join(this.gateway.settings.repoRoot, repo);
  }

  /** Commits to a branch, which is made from the main one when it is new. @returns the commits */
  push(branch: string, files: Record<string, string>, { from = this.main, repo = 'proj' } = {}): string[] {
    const tree = WorkTree.clone(this.type, this.directory(repo));
    try {
      tree.switchTo(from);
      if (from !== branch) tree.branch(branch);
      const ids = Object.entries(files).map(([file, text]) => tree.commit(file, text, `write ${file}`));
      tree.push();
      return ids;
    } finally {
      tree.remove();
    }
  }

  /** Opens a pull request of the owner to the main branch. */
  async open(branch: string, more: object = {}, key = this.keys.owner): Promise<number> {
    const { pull_request_id } = await this.gateway.call<{ pull_request_id: number }>(
      'create_pull_request',
      {
        source_repo: 'proj',
        target_repo: 'proj',
        source_ref: `branch:${branch}`,
        target_ref: `branch:${this.main}`,
        title: branch,
        ...more,
      },
      key,
    );
    return pull_request_id;
  }

  show(id: number, more: object = {}, key = this.keys.owner): Promise<Overview> {
    return this.gateway.call<Overview>('get_pull_request', { pullrequestid: id, ...more }, key);
  }

  comments(id: number, more: object = {}): Promise<Comment[]> {
    const args = { pullrequestid: id, ...more };
    return this.gateway.call<Comment[]>('get_pull_request_comments', args, this.keys.owner);
  }

  async comment(id: number, args: object, key = this.keys.owner): Promise<number> {
    const { comment_id } = await this.gateway.call<{ comment_id: number }>(
      'comment_pull_request',
      { pullrequestid: id, ...args },
      key,
    );
    return comment_id;
  }

  /** Commit that the main branch of a repository is at. */
  async head(repo = 'proj'): Promise<string> {
    const { branches } = await this.gateway.call<{ branches: Record<string, string> }>('get_repo', {
      repoid: repo,
      with_revision_names: true,
    });
    return branches[this.main] ?? '';
  }

  /** Of one pull request, in order, without the first that tells of its making. */
  async events(id: number): Promise<RecordedEvent[]> {
    const rows = await this.gateway.app
      .get(Database)
      .query<{ body: string }>(`SELECT body FROM event WHERE type LIKE 'pull_request.%' ORDER BY event_id`);
    const events = rows.map(({ body }) => JSON.parse(body) as RecordedEvent);
    return events.filter(
      ({ type, data }) => data.pull_request.pull_request_id === id && type !== 'pull_request.created',
    );
  }

  async eventTypes(id: number): Promise<string[]> {
    return (await this.events(id)).map(({ type }) => type.replace('pull_request.', ''));
  }
}
