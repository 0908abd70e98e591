import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { adminKeyFile } from '../../access/first-administrator.js';
import type { Gateway } from '../../gateway.js';
import { VersionControl } from '../../vcs/vcs.js';
import type { DemoReceiver, ReceivedDelivery } from './receiver.js';
import { fillRepository } from './work-tree.js';

type Result = Record<string, unknown>;

/** What happens in the demo, one printed line for each step. */
export class Story {
  private step = 1;
  private adminKey = '';

  constructor(
    private readonly gateway: Gateway,
    private readonly receiver: DemoReceiver,
    private readonly workFolder: string,
  ) {}

  async tell(): Promise<void> {
    this.adminKey = (await readFile(adminKeyFile(this.gateway.settings.home), 'utf8')).trim();
    const ada = await this.createUser('ada');
    const grace = await this.createUser('grace');
    this.say('Two users, each with a key of his own: ada and grace');

    const webhook = await this.call('create_webhook', { url: this.receiver.url, event_types: ['*'] });
    this.say(`A webhook to ${this.receiver.url}, its secret shown this once`);

    const types = ['git', ...((await this.hasHg()) ? ['hg'] : [])] as ('git' | 'hg')[];
    for (const type of types) await this.createRepository(type, ada);
    if (types.length === 1) this.say('Mercurial is not installed here, so its part is left out');

    const pull = await this.call(
      'create_pull_request',
      {
        source_repo: 'demo-git',
        target_repo: 'demo-git',
        source_ref: 'branch:feature',
        target_ref: 'branch:main',
        title: 'Add a feature',
        reviewers: ['grace'],
      },
      ada,
    );
    this.say(`Pull request ${String(pull.pull_request_id)} from branch feature, by ada`);
    await this.call(
      'comment_pullrequest',
      { pull_request_id: pull.pull_request_id, comment_msg: 'Well done', status: 'approved' },
      grace,
    );
    this.say('A comment and an approval, by grace with her own key');

    await this.receiver.waitFor('repo.created', types.length);
    for (const what of ['created', 'commented', 'status_changed']) {
      await this.receiver.waitFor(`pull_request.${what}`);
    }
    for (const delivery of this.receiver.received) this.verify(delivery, webhook.secret as string);
    this.say(`${this.receiver.received.length} deliveries, verified with the package standardwebhooks:`);
    for (const { headers, type } of this.receiver.received)
      console.log(`     ${String(headers['webhook-id'])}  ${type}`);
  }

  private async createRepository(type: 'git' | 'hg', ownerKey: string): Promise<void> {
    const name = `demo-${type}`;
    await this.call('create_repo', { repo_name: name, repo_type: type }, ownerKey);
    fillRepository(type, join(this.gateway.settings.repoRoot, name), join(this.workFolder, name));
    const { branches } = await this.call('get_repo', { repoid: name, with_revision_names: true }, ownerKey);
    const names = Object.keys(branches as object);
    if (!names.includes('feature'))
      throw new Error(`${name} has no branch feature, only ${names.join(', ')}`);
    this.say(`A ${type} repository, filled from a local clone: branches ${names.join(', ')}`);
  }

  private verify({ headers, body, type }: ReceivedDelivery, secret: string): void {
    try {
      new Webhook(secret).verify(body, headers as Record<string, string>);
    } catch (error) {
      throw new Error(`the signature of ${type} is wrong: ${(error as Error).message}`, { cause: error });
    }
  }

  private async hasHg(): Promise<boolean> {
    const vcs = this.gateway.app.get(VersionControl, { strict: false });
    return (await vcs.backend('hg').version()).reason === null;
  }

  private async createUser(username: string): Promise<string> {
    const created = await this.call('create_user', { username, email: `${username}@example.com` });
    return created.api_key as string;
  }

  private async call(method: string, args: object, key: string = this.adminKey): Promise<Result> {
    const response = await fetch(`${this.gateway.address}/_admin/api`, {
      method: 'POST',
      body: JSON.stringify({ id: this.step, api_key: key, method, args }),
    });
    const { result, error } = (await response.json()) as { result: Result; error: string | null };
    if (error !== null) throw new Error(`${method}: ${error}`);
    return result;
  }

  private say(text: string): void {
    this.step += 1;
    console.log(`${this.step}. ${text}`);
  }
}
