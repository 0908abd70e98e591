import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { KEBAB_CASE } from '../../plugin-host/manifest-schema.js';
import { SDK_VERSION } from '../../sdk/index.js';
import { CommandError } from '../command-error.js';
import { packageFiles } from './standalone-package.js';

const run = promisify(execFile);

export const KINDS = ['adapter', 'methods', 'handler', 'policy'] as const;
export type TemplateKind = (typeof KINDS)[number];

/** The clone that this program was built from; templates are its sources, not its build. */
export const CLONE = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../' : '../../../../', import.meta.url),
);
const TEMPLATES = join('plugins', '_template');

export interface Scaffold {
  readonly id: string;
  readonly kind: TemplateKind;
  readonly language: 'typescript' | 'python';
  /** Null: as the template has it. */
  readonly isolation: string | null;
  /** An npm package of its own, instead of a folder of the tree. */
  readonly standalone: boolean;
  /** Where the folder is made; absolute. */
  readonly into: string;
}

/**
 * Copies a template under a new name.
 * @returns the folder
 * @throws CommandError when the id does not do, something is there already, or there is no such template
 */
export async function scaffold(wanted: Scaffold, clone = CLONE): Promise<string> {
  const { id, kind, language, standalone } = wanted;
  if (!new RegExp(KEBAB_CASE).test(id) || id.length > 60)
    throw new CommandError(
      `\`${id}\` is no id of a plugin: small letters, digits and single dashes, e.g. \`my-chat\`.`,
    );
  const template = `template-${kind}${language === 'python' ? '-python' : ''}`;
  const from = join(clone, TEMPLATES, template.slice('template-'.length));
  if (!(await exists(from)))
    throw new CommandError(`There is no template for ${kind} plugins in ${language}, only for adapters.`);
  const folder = resolve(wanted.into, id);
  if (await exists(folder)) throw new CommandError(`There is something at ${folder} already.`);
  await copy(from, folder, (text) => renamed(text, template, id));
  await fitManifest(folder, wanted);
  if (standalone) await addPackage(folder, wanted, clone);
  return folder;
}

async function copy(from: string, to: string, change: (text: string) => string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name === '__pycache__') continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copy(source, target, change);
    else await writeFile(target, change(await readFile(source, 'utf8')), { flag: 'wx' });
  }
}

function renamed(text: string, template: string, id: string): string {
  const snake = (name: string) => name.replaceAll('-', '_');
  return text.replaceAll(template, id).replaceAll(snake(template), snake(id));
}

/** As text: what the template looks like is part of it. */
async function fitManifest(folder: string, { isolation, standalone }: Scaffold): Promise<void> {
  const path = join(folder, 'plugin.json');
  const text = await readFile(path, 'utf8');
  const placed = (
    standalone
      ? text.replace(/ *"\$schema": .*\n/, '')
      : text.replace('"../../plugin.schema.json"', '"../plugin.schema.json"')
  ).replace(/"sdk": "[^"]*"/, `"sdk": "^${SDK_VERSION}"`);
  const fitted =
    isolation === null ? placed : placed.replace(/"isolation": "\w+"/, `"isolation": "${isolation}"`);
  await writeFile(path, fitted);
}

/** The gateway goes along as a package, so that the plugin needs no clone of it, here or on another machine. */
async function addPackage(folder: string, { language }: Scaffold, clone: string): Promise<void> {
  if (language === 'python') return;
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: clone });
  for (const [name, text] of Object.entries(packageFiles(basename(folder), packed.stdout.trim())))
    await writeFile(join(folder, name), text, { flag: 'wx' });
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
