import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseManifest, PluginRefusal } from '../../plugin-host/plugin-manifest.js';
import { CommandError } from '../command-error.js';
import { CLONE } from './scaffold.js';

const run = promisify(execFile);

/** One thing that was looked at; `problems` is empty when it is fine. */
export interface Finding {
  readonly what: 'manifest' | 'imports' | 'types' | 'tests';
  readonly problems: readonly string[];
}

/** Looks at a plugin as the gateway, the compiler and its own tests (the conformance suite among them) would. */
export async function verifyPlugin(folder: string): Promise<Finding[]> {
  const path = resolve(folder);
  const inTree = dirname(path) === join(resolve(CLONE), 'plugins');
  const base = inTree ? resolve(CLONE) : path;
  const files = await sourcesIn(path).catch(() => {
    throw new CommandError(`There is no folder ${path}.`);
  });
  const isPython = files.some((file) => file.endsWith('.py'));
  return [
    { what: 'manifest', problems: await manifestProblems(path) },
    { what: 'imports', problems: await importProblems(path, files) },
    ...(files.some((file) => file.endsWith('.ts'))
      ? [{ what: 'types' as const, problems: await typeProblems(base, path) }]
      : []),
    {
      what: 'tests',
      problems: isPython
        ? await failures(path, 'python3', ['-m', 'unittest'])
        : await failures(base, 'npx', ['vitest', 'run', relative(base, path) || '.']),
    },
  ];
}

async function manifestProblems(path: string): Promise<string[]> {
  try {
    const text = await readFile(join(path, 'plugin.json'), 'utf8');
    const isPackage = await stat(join(path, 'package.json')).then(
      () => true,
      () => false,
    );
    parseManifest(text, { folder: isPackage ? null : basename(path), ignoreSdkRange: [] });
    return [];
  } catch (error) {
    return [error instanceof PluginRefusal ? `${error.code}: ${error.message}` : (error as Error).message];
  }
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^;'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** A plugin imports the SDK, packages of its own and its own files; its tests also the testing kit. */
async function importProblems(path: string, files: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const file of files.filter((each) => /\.[cm]?[jt]s$/.test(each))) {
    for (const [, from, dynamic] of (await readFile(file, 'utf8')).matchAll(IMPORT)) {
      const specifier = from ?? dynamic ?? '';
      const isTest = /\.(?:spec|test)\.[cm]?[jt]s$/.test(file);
      const problem = problemOf(specifier, resolve(dirname(file), specifier), path, isTest);
      if (problem) problems.push(`${relative(path, file)}: ${specifier}: ${problem}`);
    }
  }
  return problems;
}

function problemOf(specifier: string, target: string, path: string, isTest: boolean): string | null {
  if (specifier.startsWith('.'))
    return relative(path, target).startsWith('..')
      ? 'leaves the folder of the plugin; what it needs of the gateway is in forgegate/sdk'
      : null;
  if (specifier === 'forgegate/sdk') return null;
  if (specifier === 'forgegate/sdk/testing') return isTest ? null : 'is for tests only';
  if (specifier === 'forgegate' || specifier.startsWith('forgegate/'))
    return 'is not for plugins, use forgegate/sdk';
  if (specifier.startsWith('@nestjs/') || specifier === 'typeorm') return 'is the business of the gateway';
  return null;
}

async function sourcesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !/node_modules|__pycache__/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function typeProblems(base: string, path: string): Promise<string[]> {
  const said = await failures(base, 'npx', ['tsc', '--noEmit', '-p', '.', '--pretty', 'false']);
  return problemsIn(relative(base, path), said);
}

/**
 * In a clone the compiler sees all of it, and what is wrong elsewhere is not this plugin's doing.
 * @param folder of the plugin, relative to where the compiler ran
 * @param said its lines
 */
export function problemsIn(folder: string, said: readonly string[]): string[] {
  const isProblem = (line: string) => /^\S+\(\d+,\d+\): error/.test(line);
  if (folder === '' || !said.some(isProblem)) return [...said];
  return said.filter((line) => line.startsWith(`${folder}/`) && isProblem(line));
}

async function failures(cwd: string, program: string, args: readonly string[]): Promise<string[]> {
  try {
    const env = { ...process.env, NO_COLOR: '1', npm_config_update_notifier: 'false' };
    await run(program, args, { cwd, env, maxBuffer: 16 * 1024 * 1024 });
    return [];
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
    return lines.length === 0 ? [(error as Error).message] : lines.slice(-40);
  }
}
