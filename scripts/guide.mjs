// Does what the author guide says, in a fresh clone of the last commit: the commands of plugins/README.md, from
// `forgegate plugin new` to a delivery received, which must take less than ten minutes; then every other template, and every
// block of code in docs/plugins, is checked, linted and tested as a plugin of that clone.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LONGEST_S = 600;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'forgegate-guide-'));
const clone = join(folder, 'clone');
// A home of its own: what `--save-config` writes must not meet what somebody has
const env = { ...process.env, HOME: folder, npm_config_cache: npmCache(), CI: '1', NO_COLOR: '1' };
for (const name of Object.keys(env))
  if (/^(FORGEGATE_|DATABASE_URL$|HOST$|PORT$)/.test(name)) delete env[name];
const background = [];

try {
  execFileSync('git', ['clone', '--quiet', ROOT, clone]);
  const started = performance.now();
  await followGuide();
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`From \`forgegate plugin new\` to a delivery received: ${seconds} s`);
  if (seconds > LONGEST_S) throw new Error(`that is more than ${LONGEST_S} s`);
  await checkPlugins();
} catch (error) {
  console.error(`The guide does not work: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const child of background) stop(child);
  await Promise.all(background.map((child) => child.ended));
  rmSync(folder, { recursive: true, force: true });
}

async function followGuide() {
  const text = section(readFileSync(join(clone, 'plugins/README.md'), 'utf8'), 'To the first green plugin');
  const [port, receiverPort] = [await freePort(), await freePort()];
  const commands = blocks(text)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.trim().split('\n'))
    .map((line) => line.replaceAll(':5000', `:${port}`).replaceAll('8080', String(receiverPort)));
  if (commands.length < 5) throw new Error('plugins/README.md shows no commands any more');
  let receiver = null;
  for (const command of commands) {
    console.log(`$ ${command}`);
    if (command.startsWith('node -e')) receiver = inBackground(command);
    else if (command.endsWith('npm start'))
      await inBackground(`PORT=${port} ${command}`).prints('A first call');
    else await run(command);
  }
  await receiver.prints('admin: repo.created');
}

/** The other templates, and the plugins in the pages of the guide. */
async function checkPlugins() {
  // As `npx forgegate`, without a build for each plugin that was made before
  const make = (words) => run(`node dist/src/cli/main.js plugin new ${words}`);
  for (const kind of ['methods', 'handler', 'policy']) await make(`new-${kind} --kind ${kind}`);
  await make('new-worker --kind adapter --isolation worker');
  await make('new-python --kind adapter --language python');
  const written = readdirSync(join(clone, 'docs/plugins')).flatMap(writePlugin);
  const all = ['my-chat', 'new-methods', 'new-handler', 'new-policy', 'new-worker', ...written];
  const paths = all.map((id) => `plugins/${id}`).join(' ');
  console.log(`Checking ${all.join(', ')}, new-python`);
  await run('npx tsc --noEmit -p .');
  await run(`npx oxlint -c .oxlintrc.json --deny-warnings ${paths}`);
  await run(`npx prettier --check ${paths}`);
  await run('npm run -s check:imports');
  await run(`npx vitest run --project fast ${paths}`);
  await run('npx forgegate plugin verify plugins/new-python');
}

/** @returns the id of the plugin that a page shows, if it shows one */
function writePlugin(page) {
  const files = blocks(readFileSync(join(clone, 'docs/plugins', page), 'utf8'));
  const nameless = files.find(({ language, name }) => name === '' && ['ts', 'json', 'sh'].includes(language));
  if (nameless)
    throw new Error(`${page} has code without a name of a file, which nobody tries:\n${nameless.code}`);
  const manifest = files.find(({ name }) => name === 'plugin.json');
  if (!manifest) return [];
  const { id } = JSON.parse(manifest.code);
  for (const { name, code } of files) {
    const path = join(clone, 'plugins', id, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
  return [id];
}

function section(text, title) {
  const [, rest = ''] = text.split(`\n## ${title}\n`);
  return rest.split('\n## ')[0];
}

function blocks(text) {
  return [...text.matchAll(/^```(\w+)[ ]?([\w.]*)\n([^]*?)^```$/gm)].map(([, language, name, code]) => ({
    language,
    name,
    code,
  }));
}

function shell(command) {
  const child = spawn('bash', ['-c', command], {
    cwd: clone,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (child.output += chunk));
  child.ended = new Promise((resolve) => child.once('close', resolve));
  return child;
}

async function run(command) {
  const child = shell(command);
  const code = await child.ended;
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${child.output.slice(-6000)}`);
}

function inBackground(command) {
  const child = shell(command);
  background.push(child);
  child.prints = async (text) => {
    let isOver = false;
    void child.ended.then(() => (isOver = true));
    for (const end = Date.now() + 240_000; !child.output.includes(text);) {
      if (isOver || Date.now() > end)
        throw new Error(`${command} did not print ${text}:\n${child.output.slice(-6000)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return child;
}

function stop({ pid }) {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function npmCache() {
  return execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
}
