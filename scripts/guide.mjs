// Does what the author guide says, in a fresh clone of the last commit: every command of plugins/README.md, from
// `forgegate plugin new` to a delivery received, in each tier, in Python and from a package of its own, which must take less
// than ten minutes. Beside that the other templates, and every block of code in docs/plugins, are checked, linted and
// tested as plugins of that clone.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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

/** A person with three terminals: one for commands, one for the receiver, one for the gateway. */
class Guide {
  folder = clone;
  gateway = null;
  receiver = null;

  static async open() {
    const guide = new Guide();
    guide.text = readFileSync(join(clone, 'plugins/README.md'), 'utf8');
    guide.ports = { ':5000': `:${await freePort()}`, 8080: String(await freePort()) };
    return guide;
  }

  /** @param deliveries how many the receiver has shown then */
  async follow(title, deliveries) {
    const commands = blocks(section(this.text, title))
      .filter(({ language }) => language === 'sh')
      .flatMap(({ code }) => code.trim().split('\n'));
    if (commands.length < 5) throw new Error(`plugins/README.md shows no commands under "${title}" any more`);
    const started = performance.now();
    for (const command of commands) await this.type(command);
    await this.receiver.prints('admin: repo.created', deliveries);
    console.log(`${title}: from \`forgegate plugin new\` to a delivery received in ${since(started)} s`);
  }

  async type(shown) {
    const command = Object.entries(this.ports).reduce(
      (text, [old, port]) => text.replaceAll(old, port),
      shown,
    );
    const started = performance.now();
    if (command.startsWith('cd ')) this.folder = resolve(this.folder, command.slice('cd '.length));
    else if (command.startsWith('node -e')) this.receiver = inBackground(command);
    else if (command.endsWith('npm start')) await this.start(command);
    else await run(command, this.folder);
    console.log(`$ ${command}  # ${since(started)} s`);
  }

  async start(command) {
    if (this.gateway) stop(this.gateway, 'SIGINT');
    await this.gateway?.ended;
    this.gateway = inBackground(`PORT=${this.ports[':5000'].slice(1)} ${command}`);
    await this.gateway.prints('A first call');
  }
}

try {
  execFileSync('git', ['clone', '--quiet', ROOT, clone]);
  const started = performance.now();
  const guide = await Guide.open();
  await guide.follow('To the first green plugin', 1);
  const written = await writePlugins();
  // On their own they would take half a minute more
  const checked = checkPlugins(written);
  checked.catch(() => undefined);
  await guide.follow('In a thread, in a process, in Python, in a package of its own', 6);
  const seconds = since(started);
  await checked;
  console.log(`All that the guide says: ${seconds} s`);
  if (seconds > LONGEST_S) throw new Error(`that is more than ${LONGEST_S} s`);
} catch (error) {
  console.error(`The guide does not work: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const child of background) stop(child);
  await Promise.all(background.map((child) => child.ended));
  rmSync(folder, { recursive: true, force: true });
}

/** The other templates, and the plugins in the pages of the guide. @returns their ids */
async function writePlugins() {
  const kinds = ['methods', 'handler', 'policy'];
  for (const kind of kinds) await run(`npx forgegate plugin new new-${kind} --kind ${kind}`);
  return [
    ...kinds.map((kind) => `new-${kind}`),
    ...readdirSync(join(clone, 'docs/plugins')).flatMap(writePlugin),
  ];
}

async function checkPlugins(ids) {
  const started = performance.now();
  const paths = ['my-chat', ...ids].map((id) => `plugins/${id}`).join(' ');
  await run('npx tsc --noEmit -p .');
  await run(`npx oxlint -c .oxlintrc.json --deny-warnings ${paths}`);
  await run(`npx prettier --check ${paths}`);
  await run('npm run -s check:imports');
  await run(`npx vitest run --project fast ${paths}`);
  console.log(`Checked my-chat, ${ids.join(', ')} in ${since(started)} s`);
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

function since(started) {
  return Math.round((performance.now() - started) / 1000);
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

function shell(command, cwd) {
  const child = spawn('bash', ['-c', command], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (child.output += chunk));
  child.ended = new Promise((resolve) => child.once('close', resolve));
  return child;
}

async function run(command, cwd = clone) {
  const child = shell(command, cwd);
  const code = await child.ended;
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${child.output.slice(-6000)}`);
}

function inBackground(command) {
  const child = shell(command, clone);
  background.push(child);
  child.prints = async (text, times = 1) => {
    let isOver = false;
    void child.ended.then(() => (isOver = true));
    for (const end = Date.now() + 240_000; child.output.split(text).length <= times;) {
      if (isOver || Date.now() > end)
        throw new Error(`${command} did not print ${text} ${times} times:\n${child.output.slice(-6000)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return child;
}

function stop({ pid }, signal = 'SIGTERM') {
  try {
    process.kill(-pid, signal);
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
