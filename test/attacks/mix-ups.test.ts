import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { WorkTree } from '../harness/repositories.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';
import { basic, bearer, told, visit } from '../harness/web.js';
import { packetLine } from './raw-client.js';
import { Target } from './target.js';

let target: Target;
let client: Client;
/** May read `open-*` and nothing else. */
let reader: string;
beforeAll(async () => {
  target = await Target.start();
  client = new Client();
  ({ key: reader } = await target.gateway.createUser('reader'));
});
afterAll(async () => {
  client.remove();
  await target.close();
});

const MISSING_ID = 2_000_000_000;

describe.each(REPO_TYPES)('a hidden repository of %s', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const hidden = `hidden-${type}`;
    const open = `open-${type}`;
    let hiddenId: number;
    let openId: number;
    /** A commit of the hidden one, made after `open` was forked from it. */
    let secret: string;
    let hiddenPull: number;
    let hiddenComment: number;

    beforeAll(async () => {
      const { gateway } = target;
      ({ repo_id: hiddenId } = await target.repository(hidden, type));
      await gateway.call('update_repo', { repoid: hidden, private: true });
      await gateway.call('fork_repo', { repoid: hidden, fork_name: open });
      ({ repo_id: openId } = await gateway.call<{ repo_id: number }>('get_repo', { repoid: open }));
      await gateway.call('grant_user_permission', {
        repoid: open,
        userid: 'reader',
        perm: 'repository.write',
      });
      const tree = WorkTree.clone(type, join(gateway.settings.repoRoot, hidden));
      tree.switchTo(type === 'git' ? 'main' : 'default');
      secret = tree.commit('secret.txt', 'the secret', 'Secret');
      tree.push();
      tree.remove();
      const main = type === 'git' ? 'main' : 'default';
      ({ pull_request_id: hiddenPull } = await gateway.call<{ pull_request_id: number }>(
        'create_pull_request',
        {
          source_repo: hidden,
          target_repo: hidden,
          source_ref: 'branch:feature',
          target_ref: `branch:${main}`,
        },
      ));
      ({ comment_id: hiddenComment } = await gateway.call<{ comment_id: number }>('comment_pull_request', {
        pullrequestid: hiddenPull,
        message: 'the secret',
      }));
    });

    const ask = (path: string) => visit(target.gateway, path, { headers: basic(reader, '') });
    const wire = type === 'git' ? '/info/refs?service=git-upload-pack' : '?cmd=heads';

    it('cannot be told from a missing one by its id, by clients or by views', async () => {
      for (const path of [
        wire,
        '',
        `/raw/${secret}/secret.txt`,
        '/feed/atom',
        `/pull-request/${hiddenPull}`,
      ]) {
        const [one, other] = [await ask(`/_${hiddenId}${path}`), await ask(`/_${MISSING_ID}${path}`)];
        const named = (text: string, id: number) => text.replaceAll(String(id), '<id>');
        const seen = (answer: typeof one, id: number) => {
          const { headers, ...rest } = told(answer);
          return { ...rest, text: named(answer.text, id), headers: { ...headers, 'content-length': '' } };
        };
        expect(seen(one, hiddenId)).toEqual(seen(other, MISSING_ID));
        expect(one.status).toBe(404);
      }
    });

    it('has no second spelling of its id or its name', async () => {
      const spellings = [
        '_0',
        '_-1',
        '_1e3',
        '_0x1',
        '_',
        '_1.0',
        '_+1',
        `_0${openId}x`,
        `_${openId} `,
        `_%31%00`,
        `_${String(openId).replace(/\d/g, '１')}`,
        `_${openId}/x`,
        open.toUpperCase(),
        `${open}.`,
        `${open}%20`,
        `./${hidden}`,
        `x/../${hidden}`,
        `${open}/../${hidden}`,
        `${open}%2f..%2f${hidden}`,
        `${hidden}.git.git`,
        `${hidden}%00`,
        `${hidden}\\`,
        `.git/${hidden}`,
      ];
      for (const spelling of spellings) {
        const { status, text } = await ask(encodeURI(`/${spelling}${wire}`).replaceAll('%25', '%'));
        expect(status, spelling).toBeGreaterThanOrEqual(400);
        expect(text).not.toContain(secret);
      }
      for (const repoid of [
        `_${hiddenId}`,
        ` ${hiddenId}`,
        `0${hiddenId}`,
        `${hiddenId}.0`,
        `${hidden}/`,
        hiddenId,
      ])
        expect(await target.gateway.refusal('get_repo', { repoid }, reader)).toMatch(/does not exist/);
    });

    it('gives nothing of itself through its fork, which shares its history', async () => {
      const { gateway } = target;
      for (const [method, args] of [
        ['get_changeset', { raw_id: secret }],
        ['get_repo_changeset', { revision: secret, details: 'full' }],
        ['get_repo_file', { commit_id: secret, file_path: 'secret.txt', details: 'full' }],
        ['get_repo_nodes', { revision: secret, root_path: '/' }],
        ['comment_changeset', { raw_id: secret, comment_msg: 'x' }],
        ['set_changeset_status', { raw_id: secret, status: 'approved' }],
        ['get_pull_request_diff', { pullrequestid: hiddenPull }],
        ['get_pull_request', { pullrequestid: hiddenPull }],
        ['merge_pull_request', { pullrequestid: hiddenPull }],
        ['close_pull_request', { pullrequestid: hiddenPull }],
        ['get_pull_request_comments', { pullrequestid: hiddenPull }],
      ] as const)
        for (const repoid of [open, openId])
          expect(await gateway.refusal(method, { repoid, ...args }, reader), method).not.toContain(
            'the secret',
          );
      for (const [method, args] of [
        ['get_comment', { comment_id: hiddenComment }],
        ['edit_comment', { comment_id: hiddenComment, message: 'mine', version: 0 }],
        ['delete_comment', { comment_id: hiddenComment }],
        ['pull', { repoid: open }],
      ] as const)
        expect(await gateway.refusal(method, args, reader), method).not.toContain('the secret');
      const main = type === 'git' ? 'main' : 'default';
      for (const [source_repo, target_repo] of [
        [hidden, open],
        [open, hidden],
        [hiddenId, openId],
      ])
        expect(
          await gateway.refusal(
            'create_pull_request',
            { source_repo, target_repo, source_ref: 'branch:feature', target_ref: `branch:${main}` },
            reader,
          ),
        ).toContain('does not exist');
      for (const view of ['raw', 'changeset', 'changeset-diff', 'archive']) {
        const seen = await visit(
          gateway,
          `/${open}/${view}/${secret}${view === 'raw' ? '/secret.txt' : ''}`,
          {
            headers: bearer(reader),
          },
        );
        expect([view, seen.status]).toEqual([view, 404]);
      }
    });

    it('is not fetched from through its fork', async () => {
      if (type === 'hg') {
        const { stderr } = await client.try('hg', '.', [
          'clone',
          '--rev',
          secret,
          addressOf(target.gateway, open, 'reader', reader),
          'stolen-hg',
        ]);
        expect(stderr).toMatch(/unknown revision/);
        return;
      }
      for (const version of ['0', '2']) {
        await client.git('.', 'init', '-q', `stolen-${version}`);
        const { code } = await client.try('git', `stolen-${version}`, [
          '-c',
          `protocol.version=${version}`,
          'fetch',
          '-q',
          addressOf(target.gateway, open, 'reader', reader),
          secret,
        ]);
        expect(code).not.toBe(0);
      }
      const zero = '0'.repeat(40);
      const body = `${packetLine(`${zero} ${secret} refs/heads/stolen\0report-status`)}0000`;
      const pack = Buffer.from('5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex');
      const response = await fetch(`${target.gateway.url}/${open}/git-receive-pack`, {
        method: 'POST',
        headers: { ...basic(reader, ''), 'content-type': 'application/x-git-receive-pack-request' },
        body: Buffer.concat([Buffer.from(body), pack]),
      });
      expect(await response.text()).toContain('ng refs/heads/stolen');
    });

    it('keeps its own events, jobs and locks from those of the other', async () => {
      const { gateway } = target;
      const { events } = await gateway.call<{ events: { data: { repository?: { repo_name: string } } }[] }>(
        'get_events',
        {},
        reader,
      );
      expect(JSON.stringify(events)).not.toContain(`"repo_name":"${hidden}"`);
      await gateway.call('lock', { repoid: hidden, locked: true });
      expect(JSON.stringify(await gateway.call('get_locks', {}, reader))).not.toContain(hidden);
      await gateway.call('lock', { repoid: hidden, locked: false });
      expect(JSON.stringify(await gateway.call('get_repos', {}, reader))).not.toContain(hidden);
    });

    it('is not reached by the name that another one had before', async () => {
      const { gateway } = target;
      const moved = `moved-${type}`;
      await gateway.call('update_repo', { repoid: open, name: moved });
      await gateway.call('update_repo', { repoid: hidden, name: open });
      expect((await ask(`/${open}${wire}`)).status).toBe(404);
      expect((await ask(`/${moved}${wire}`)).status).toBe(200);
      expect(await gateway.refusal('get_repo', { repoid: open }, reader)).toContain('does not exist');
      const { stderr } = await client.try('git', '.', ['ls-remote', addressOf(gateway, open, 'x', reader)]);
      expect(stderr).not.toContain(secret);
      await gateway.call('update_repo', { repoid: open, name: hidden });
      await gateway.call('update_repo', { repoid: moved, name: open });
    });
  });
});
