import { addressOf, Client } from '../harness/client.js';
import { hasHg } from '../harness/repositories.js';
import { oneOf, Unsure, type Cluster } from './cluster.js';
import { pause } from './stage.js';

interface Repository {
  readonly id: number;
  readonly type: 'git' | 'hg';
  /** Work tree of the person. */
  readonly tree: string;
}

/** A commit that was pushed; `told`: to its author as done. */
export interface Pushed {
  readonly repoId: number;
  readonly commit: string;
  readonly told: boolean;
}

/** What may be asked of a repository that another request has taken away meanwhile. */
const GONE = /does not exist/;

/** Works on repositories of a group of her own, on whichever gateway answers, and writes down what she was told. */
export class Person {
  readonly pushed: Pushed[] = [];
  /** Answers that nobody should get. */
  readonly complaints: string[] = [];
  private readonly client = new Client();
  private repositories: Repository[] = [];
  private serial = 0;

  private constructor(
    private readonly cluster: Cluster,
    private readonly username: string,
    private readonly groupId: number,
  ) {}

  static async join(cluster: Cluster, username: string): Promise<Person> {
    await cluster.ask('create_repo_group', { group_name: username });
    const { group_id } = await cluster.ask<{ group_id: number }>('get_repo_group', { repogroupid: username });
    return new Person(cluster, username, group_id);
  }

  /** One thing at random. */
  async act(): Promise<void> {
    const repository = this.repositories.length > 0 && Math.random() < 0.9 ? oneOf(this.repositories) : null;
    try {
      if (repository) await oneOf(this.habits)(repository);
      else await this.create();
    } catch (error) {
      const { message } = error as Error;
      if (/internal/i.test(message)) this.complaints.push(message);
      // What was to be done may have been done, or the last thing that was left unsure stands in its way
      await this.lookAround();
    }
  }

  leave(): void {
    this.client.remove();
  }

  private readonly habits = [
    (repository: Repository) => this.push(repository),
    (repository: Repository) => this.push(repository),
    (repository: Repository) => this.push(repository),
    (repository: Repository) => this.proposeAndMerge(repository),
    ({ id }: Repository) => this.cluster.ask('update_repo', { repoid: id, name: this.name('renamed') }),
    async ({ id }: Repository) =>
      this.cluster.ask('fork_repo', {
        repoid: id,
        fork_name: `${await this.groupName()}/${this.name('fork')}`,
      }),
    ({ id }: Repository) => this.cluster.ask('delete_repo', { repoid: id, forks: 'detach' }),
    () =>
      this.cluster.ask('update_repo_group', {
        repogroupid: this.groupId,
        group_name: this.name(this.username),
      }),
  ];

  private name(what: string): string {
    this.serial += 1;
    return `${what}-${this.serial}`;
  }

  private async create(): Promise<void> {
    const name = `${await this.groupName()}/${this.name('repo')}`;
    const type = hasHg ? oneOf(['git', 'hg'] as const) : 'git';
    await this.cluster.ask('create_repo', { repo_name: name, repo_type: type }).catch((error: Error) => {
      if (!(error instanceof Unsure)) throw error;
    });
    const { repo_id: id } = await this.cluster.insist<{ repo_id: number }>('get_repo', { repoid: name });
    const tree = this.name('tree');
    await this.client.run(type, '.', type === 'git' ? ['init', '-q', '-b', 'main', tree] : ['init', tree]);
    this.repositories.push({ id, type, tree });
  }

  private async push({ id, type, tree }: Repository, branch = 'main'): Promise<boolean> {
    const commit = await this.client.commit(type, tree, this.name('file'), `${this.serial}`);
    const address = this.address(id);
    const args = type === 'git' ? ['push', '-q', address, `HEAD:${branch}`] : ['push', '-f', address];
    const told = (await this.client.try(type, tree, args)).code === 0;
    this.pushed.push({ repoId: id, commit, told });
    if (!told) await this.lookAround();
    return told;
  }

  private async proposeAndMerge(repository: Repository): Promise<void> {
    const { id, type, tree } = repository;
    if (type === 'hg' || !(await this.push(repository))) return;
    const branch = this.name('topic');
    if (!(await this.push(repository, branch))) return;
    const { pull_request_id } = await this.cluster.ask<{ pull_request_id: number }>('create_pull_request', {
      source_repo: id,
      target_repo: id,
      source_ref: `branch:${branch}`,
      target_ref: 'branch:main',
      title: branch,
    });
    await this.cluster.ask('comment_pull_request', { pullrequestid: pull_request_id, message: 'well done' });
    await this.cluster.ask('merge_pull_request', { pullrequestid: pull_request_id });
    // What comes next goes on from there
    await this.client.try('git', tree, ['pull', '-q', '--no-rebase', this.address(id), 'main']);
  }

  private async groupName(): Promise<string> {
    const found = await this.cluster.insist<{ group_name: string }>('get_repo_group', {
      repogroupid: this.groupId,
    });
    return found.group_name;
  }

  private address(id: number): string {
    const { node } = this.cluster;
    return addressOf(node, `_${id}`, 'admin', node.adminKey);
  }

  /** Which of the repositories are left, when none is on its way any more. */
  private async lookAround(): Promise<void> {
    for (const repository of this.repositories) {
      const found = await this.settled(repository.id);
      if (!found) this.repositories = this.repositories.filter((each) => each !== repository);
    }
  }

  private async settled(id: number): Promise<boolean> {
    for (;;) {
      try {
        const { repo_state } = await this.cluster.insist('get_repo', { repoid: id });
        if (repo_state === 'repo_state_created') return true;
      } catch (error) {
        if (GONE.test((error as Error).message)) return false;
        throw error;
      }
      await pause(100);
    }
  }
}
