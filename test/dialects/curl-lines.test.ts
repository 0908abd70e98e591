import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PrintedDialect } from '../../src/rpc/vocabularies.js';
import { RecordedClient, website } from '../clients/recorded-client.js';
import { send } from '../harness/recorded-request.js';

const KEY = 'xe7cdb2v278e4evbdf5vs04v832v0efvcbcve4a3';

/** The commands that the documents print, with their host and answer. The excerpt of 2016 prints none. */
const LINES: readonly (readonly [PrintedDialect, host: string, line: string, answer: string])[] = [
  [
    'rhodecode-1.3',
    'https://server.com',
    `curl https://server.com/_admin/api -X POST -H 'content-type:text/plain' --data-binary '{"id":1,"api_key":"xe7cdb2v278e4evbdf5vs04v832v0efvcbcve4a3","method":"pull","args":{"repo":"CPython"}}'`,
    'Pulled from CPython',
  ],
  [
    'kallithea-2014',
    'https://server.com',
    `curl https://server.com/_admin/api -X POST -H 'content-type:text/plain' --data-binary '{"id":1,"api_key":"xe7cdb2v278e4evbdf5vs04v832v0efvcbcve4a3","method":"pull","args":{"repo":"CPython"}}'`,
    'Pulled from `CPython`',
  ],
  [
    'kallithea-2019',
    'https://kallithea.example.com',
    `curl https://kallithea.example.com/_admin/api -X POST -H 'content-type:text/plain' \\
    --data-binary '{"id":1,"api_key":"xe7cdb2v278e4evbdf5vs04v832v0efvcbcve4a3","method":"pull","args":{"repoid":"CPython"}}'`,
    'Pulled from `CPython`',
  ],
];

const hasCurl = (() => {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** What a shell makes of such a line: words, quotes taken off, the end of a line with a backslash passed over. */
const wordsOf = (line: string) =>
  [...line.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain = '']) => quoted ?? plain,
  );

describe.each(LINES)('the command printed in %s', (dialect, host, line, result) => {
  const client = RecordedClient.of(dialect, async (gateway) => {
    await website(gateway);
    await gateway.call('fork_repo', { repoid: 'website', fork_name: 'CPython' });
  });
  const words = () => wordsOf(line.replace(host, client.gateway.url).replace(KEY, client.key));
  const answer = { id: 1, result, error: null };

  it('is answered as printed', async () => {
    const [program, url = '', x, method, h, header = '', d, body = '', ...rest] = words();
    expect([program, x, h, d, rest]).toEqual(['curl', '-X', '-H', '--data-binary', []]);
    const [name = '', value = ''] = header.split(':');
    const path = new URL(url).pathname;
    const reply = await send(client.gateway.url, { path, method, headers: { [name]: value }, body });
    expect(reply.json).toEqual(answer);
  });

  it.runIf(hasCurl)('runs as it stands', async () => {
    const [program = '', ...args] = words();
    const { stdout } = await promisify(execFile)(program, ['--silent', ...args]);
    expect(JSON.parse(stdout)).toEqual(answer);
  });
});
