import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What never belongs to a build. */
const LEFT_OUT = /(^|\/)(node_modules|__pycache__|\.git|dist)(\/|$)|\.(spec|test)\.[cm]?[jt]s$/;

/**
 * Copies a plugin to where it can run: TypeScript becomes JavaScript, types unchecked (that is what `plugin verify` does),
 * and `process` becomes `worker`, which can be loaded again and again.
 * @throws Error when plugin.json cannot be read, or a file has a syntax error, naming it
 */
export async function buildForDev(folder: string, into: string): Promise<void> {
  const { default: ts } = await import('typescript');
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  // Packages of its own, where it has some
  await cp(join(folder, 'node_modules'), join(into, 'node_modules'), { recursive: true }).catch(
    () => undefined,
  );
  await writeFile(join(into, 'package.json'), '{ "type": "module" }\n');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const from = join(entry.parentPath, entry.name);
    const name = from.slice(folder.length + 1);
    if (!entry.isFile() || LEFT_OUT.test(name)) continue;
    const to = join(into, name);
    await mkdir(join(to, '..'), { recursive: true });
    if (name === 'plugin.json') await writeFile(to, inWorker(await readFile(from, 'utf8')));
    else if (name.endsWith('.ts') && !name.endsWith('.d.ts')) {
      const { outputText, diagnostics = [] } = ts.transpileModule(await readFile(from, 'utf8'), {
        fileName: from,
        reportDiagnostics: true,
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          inlineSourceMap: true,
          verbatimModuleSyntax: true,
        },
      });
      const [problem] = diagnostics;
      if (problem) throw new Error(`${name}: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`);
      await writeFile(to.replace(/\.ts$/, '.js'), outputText);
    } else if (name !== 'package.json') await cp(from, to);
  }
}

function inWorker(text: string): string {
  const manifest = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(
    manifest['isolation'] === 'process' ? { ...manifest, isolation: 'worker' } : manifest,
  );
}
