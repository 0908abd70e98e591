import { readFileSync } from 'node:fs';

let version: string | null = null;

/** From package.json, which stands one level higher above `dist/src` than above `src`. */
export function gatewayVersion(): string {
  version ??= read('../../package.json') ?? read('../../../package.json') ?? '0.0.0';
  return version;
}

function read(path: string): string | null {
  try {
    const manifest = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version?: string };
    return manifest.version ?? null;
  } catch {
    return null;
  }
}
