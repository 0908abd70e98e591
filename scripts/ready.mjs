// Brings the clone into a state that runs: installs the dependencies when they differ from the lock file, builds when
// the sources differ from the last build. Uses nothing outside of Node, says nothing when nothing is to do.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 19];
const LOCK = join(ROOT, '.ready.lock');
const INSTALLED = join(ROOT, 'node_modules', '.forgegate-ready');
const BUILT = join(ROOT, 'dist', '.forgegate-ready');
const SOURCE_FOLDERS = ['src', 'benchmarks'];
const SOURCE_FILES = ['package.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];

/** A sentence for the person at the terminal. */
class NotReady extends Error {}

/**
 * @param {{ build?: boolean, plugins?: boolean }} [options] `plugins: false` where a build will do that does not know what
 * changed in `plugins/`
 * @throws NotReady
 */
export async function ready({ build = true, plugins = true } = {}) {
  checkPrograms();
  // Installed from a package, which is built
  if (!fs.existsSync(join(ROOT, 'package-lock.json'))) return;
  const isBuilt = () => !build || isBuiltFrom(sourcesHash(), plugins);
  if (dependenciesHash() === read(INSTALLED) && isBuilt()) return;
  const release = await takeLock();
  try {
    // whoever had the lock before may have done it all
    if (dependenciesHash() !== read(INSTALLED)) await install();
    if (!isBuilt()) await compile();
  } finally {
    release();
  }
}

function isBuiltFrom(sources, plugins) {
  const built = read(BUILT) ?? '';
  return plugins ? built === sources : built.split('\n')[0] === sources.split('\n')[0];
}

function checkPrograms() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new NotReady(`Forgegate needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.version}.`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  if (!folders.some((folder) => folder && fs.existsSync(join(folder, 'git')))) {
    throw new NotReady('Forgegate needs git, which is not on the PATH. On Debian: apt-get install git');
  }
}

async function install() {
  const wanted = dependenciesHash();
  if (installedByHand()) {
    fs.writeFileSync(INSTALLED, wanted);
    return;
  }
  say('Installing the dependencies of package-lock.json');
  fs.rmSync(INSTALLED, { force: true });
  const command = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await run(...npm(command), 'The dependencies could not be installed', environmentForNpm());
  fs.writeFileSync(INSTALLED, wanted);
}

async function compile() {
  const wanted = sourcesHash();
  say('Building');
  fs.rmSync(BUILT, { force: true });
  const nest = join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  await run(process.execPath, [nest, 'build'], 'The build failed', process.env);
  fs.writeFileSync(BUILT, wanted);
}

/** Whether `npm install` or `npm ci` already put there what the lock file says: then there is nothing to repeat. */
function installedByHand() {
  const present = readJson(join(ROOT, 'node_modules', '.package-lock.json'))?.packages;
  const wanted = readJson(join(ROOT, 'package-lock.json'))?.packages;
  if (!present || !wanted) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    if (present[path]) {
      return present[path].version === entry.version && fs.existsSync(join(ROOT, path, 'package.json'));
    }
    // an optional package without a platform of its own belongs to one that is for another platform
    const isOurs = (entry.os || entry.cpu || entry.libc) && isForThisPlatform(entry);
    return (entry.optional || entry.peer) && !isOurs;
  });
}

function isForThisPlatform({ os, cpu, libc }) {
  const glibc =
    process.platform !== 'linux' || Boolean(process.report?.getReport?.().header.glibcVersionRuntime);
  const fits = (list, value) => !list || list.includes(value);
  return fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, glibc ? 'glibc' : 'musl');
}

function dependenciesHash() {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\n`);
  return hash.update(fs.readFileSync(join(ROOT, 'package-lock.json'))).digest('hex');
}

/** A line for the gateway, and one for its plugins. Of contents, not of times: a fresh checkout has one time for all. */
function sourcesHash() {
  const hashOf = (files) => {
    const hash = createHash('sha256').update(dependenciesHash());
    for (const file of files) {
      const path = join(ROOT, file);
      if (fs.existsSync(path)) hash.update(`\0${file}\0`).update(fs.readFileSync(path));
    }
    return hash.digest('hex');
  };
  const gateway = hashOf([...SOURCE_FILES, ...SOURCE_FOLDERS.flatMap(filesBelow)]);
  return `${gateway}\n${hashOf(filesBelow('plugins'))}`;
}

function filesBelow(folder) {
  if (!fs.existsSync(join(ROOT, folder))) return [];
  const entries = fs.readdirSync(join(ROOT, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name === 'results' ? [] : filesBelow(path);
    return /\.(spec|test)\.ts$/.test(entry.name) ? [] : [path];
  });
}

/** Two starts at once must not install into the same folder. A lock of a dead process counts for nothing. */
async function takeLock() {
  let told = false;
  while (!createLock()) {
    const holder = Number(read(LOCK));
    if (holder > 0 && isAlive(holder)) {
      if (!told) say(`Waiting for process ${holder}, which installs or builds`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    } else {
      removeLockOf(read(LOCK));
    }
  }
  const release = () => {
    if (read(LOCK) === String(process.pid)) fs.rmSync(LOCK, { force: true });
  };
  process.once('exit', release);
  return release;
}

function createLock() {
  // linked, so that it never stands there without its content
  const draft = `${LOCK}.${process.pid}`;
  fs.writeFileSync(draft, String(process.pid));
  try {
    fs.linkSync(draft, LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** Moves it away first: when somebody else replaced it meanwhile, it goes back. */
function removeLockOf(content) {
  const aside = `${LOCK}.${process.pid}.old`;
  try {
    fs.renameSync(LOCK, aside);
    if (read(aside) !== content) fs.linkSync(aside, LOCK);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  fs.rmSync(aside, { force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Its output is shown only when it fails. */
function run(program, args, failure, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    const stop = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
    child.on('error', (error) => reject(new NotReady(`${failure}: ${error.message}`)));
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, stop);
      if (code === 0) resolve();
      else reject(new NotReady(`${Buffer.concat(output)}\n${failure} (${signal ?? `exit code ${code}`}).`));
    });
  });
}

/** The npm that started us, else the one beside this Node, else the one on the PATH. */
function npm(args) {
  const started = process.env.npm_execpath ?? '';
  const beside = join(dirname(dirname(process.execPath)), 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  for (const script of [started, beside]) {
    if (basename(script) === 'npm-cli.js' && fs.existsSync(script))
      return [process.execPath, [script, ...args]];
  }
  return ['npm', args];
}

/** Without what would leave out the compiler, e.g. from `npm start --omit=dev`. */
function environmentForNpm() {
  const dropped =
    /^npm_config_(omit|production|only|include|global|dry_run|package_lock|package_lock_only)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name)));
}

function read(path) {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function readJson(path) {
  try {
    return JSON.parse(fs.readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

/** For callers in this process: prints the sentence of a failure and ends with code 1. */
export async function readyOrExit(options) {
  try {
    await ready(options);
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    say(error.message.trim());
    process.exit(1);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const [build, plugins] = ['build', 'plugins'].map((part) => !process.argv.includes(`--no-${part}`));
  await readyOrExit({ build, plugins });
}
