import { join } from 'node:path';
import { Database } from '../../src/database/database.js';
import type { EventEnvelope } from '../../src/sdk/index.js';
import type { ExecutedCall } from '../../src/rpc/openrpc/executed-examples.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { followEvents } from '../harness/recorded-events.js';
import { GitProject } from './git-project.js';
import { StandIns, type Json } from './stand-ins.js';

export type Story = (stage: Stage) => Promise<void>;

export interface CallOptions {
  /** Who calls; the super admin `admin` when omitted. */
  as?: string;
  /** What the example is about, where a method has several. */
  about?: string;
  /** Values of members that depend on the machine. */
  standIns?: Record<string, Json>;
  /** The part of the answer that is shown, where all of it is long and grows. */
  part?: (result: never) => unknown;
}

/** A gateway of one's own on which the examples of one family are executed. */
export class Stage {
  readonly executed: ExecutedCall[] = [];
  readonly standIns = new StandIns();
  private readonly keys = new Map<string, string>();
  private readonly projects = new Map<string, GitProject>();

  private constructor(
    readonly gateway: TestGateway,
    private readonly newEvents: Awaited<ReturnType<typeof followEvents>>,
  ) {
    this.keys.set('admin', gateway.adminKey);
    this.standIns.replace(gateway.url, 'https://forge.example.com');
    this.standIns.replace('http://gateway.test', 'https://forge.example.com');
    this.standIns.replace(gateway.settings.repoRoot, '/srv/forgegate/repos');
  }

  static async open(): Promise<Stage> {
    const gateway = await startTestGateway();
    return new Stage(gateway, await followEvents(gateway));
  }

  /** Users who call methods; `ada` has the name and the address that commits are made with. */
  async users(...names: string[]): Promise<void> {
    for (const name of names) {
      const more = name === 'ada' ? { firstname: 'Ada', lastname: 'Lovelace' } : {};
      this.keys.set(name, (await this.gateway.createUser(name, more)).key);
    }
  }

  /** What must be there before, and is no example. */
  async given<Result = Record<string, unknown>>(
    method: string,
    args: object = {},
    as = 'admin',
  ): Promise<Result> {
    return this.gateway.call<Result>(method, args, this.keyOf(as));
  }

  /** A repository of a user, with one commit on `main` unless said otherwise. @returns hash of that commit */
  async repository(repo_name: string, owner: string, more: object = {}): Promise<string> {
    await this.given('create_repo', { repo_name, repo_type: 'git', owner, ...more });
    return this.push(repo_name, 'main', 'Say hello', { 'README.md': 'Hello\n', 'src/main.py': 'print(1)\n' });
  }

  /** @returns hash of the new commit */
  push(repo: string, branch: string, message: string, files: Record<string, string>): string {
    const directory = join(this.gateway.settings.repoRoot, repo);
    const project = this.projects.get(repo) ?? new GitProject(directory);
    this.projects.set(repo, project);
    const hash = project.push(branch, message, files);
    this.standIns.keepHashes(project.hashes());
    return hash;
  }

  /** An example that succeeds. @returns the answer as it was, nothing replaced */
  async shows<Result = Record<string, unknown>>(
    method: string,
    args: object = {},
    options: CallOptions = {},
  ): Promise<Result> {
    const { result, error } = await this.execute(method, args, options);
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as Result;
  }

  /** An example of a refusal. */
  async refuses(method: string, args: object = {}, options: CallOptions = {}): Promise<void> {
    const { result, error } = await this.execute(method, args, options);
    if (error === undefined) throw new Error(`${method} was not refused: ${JSON.stringify(result)}`);
  }

  /** The first event of each type that was recorded, as a subscriber reads it. */
  async recorded(): Promise<EventEnvelope[]> {
    const rows = await this.gateway.app.get(Database).query<{ body: string }>(
      `SELECT DISTINCT ON (type) body FROM event
        WHERE only_webhook_id IS NULL AND expunged_at IS NULL ORDER BY type, event_id`,
    );
    const own = { event_id: 501 };
    return rows.map(({ body }) => this.standIns.in(JSON.parse(body), own) as unknown as EventEnvelope);
  }

  async close(): Promise<void> {
    for (const project of this.projects.values()) project.remove();
    await this.gateway.close();
  }

  private async execute(method: string, args: object, { as = 'admin', about, standIns, part }: CallOptions) {
    await this.newEvents();
    const answer = await this.gateway.rpc(method, args, this.keyOf(as));
    const { result, error } = answer as { result?: unknown; error?: ExecutedCall['error'] };
    const events = [...new Set((await this.newEvents()).map(({ type }) => type))];
    this.executed.push({
      method,
      ...(about === undefined ? {} : { about }),
      caller: as,
      args: this.standIns.in(args) as Record<string, unknown>,
      ...(error === undefined
        ? { result: this.standIns.in(part ? part(result as never) : result, standIns) }
        : { error: this.standIns.in(error, standIns) as unknown as ExecutedCall['error'] }),
      ...(events.length > 0 ? { events } : {}),
    });
    return { result, error };
  }

  private keyOf(name: string): string {
    const key = this.keys.get(name);
    if (key === undefined) throw new Error(`nobody is called ${name}`);
    return key;
  }
}
