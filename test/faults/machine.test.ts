import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FaultStage, pause } from './stage.js';

let stage: FaultStage | null = null;
const mounted: string[] = [];

afterEach(async () => {
  await stage?.close().catch(() => undefined);
  stage = null;
  for (const folder of mounted.splice(0)) {
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
});

const mayMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'forgegate-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

/** Until there is no room left. */
function fill(file: string): void {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(64 * 1024));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

/** Shifts the clock of a gateway by a file that the test writes. */
const CLOCK = `
import { readFileSync } from 'node:fs';
const Real = Date;
let offset = 0;
setInterval(() => { try { offset = Number(readFileSync(process.env.CLOCK_FILE, 'utf8')) || 0; } catch {} }, 50).unref();
globalThis.Date = class extends Real {
  constructor(...args) { if (args.length === 0) super(Real.now() + offset); else super(...args); }
  static now() { return Real.now() + offset; }
};`;

describe('nothing that was accepted is lost', () => {
  it.skipIf(!mayMount)('when the disk of PostgreSQL is full for a while', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forgegate-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'none', folder]);
    mounted.push(folder);
    stage = await FaultStage.open({}, folder);
    await stage.startGateway();
    await stage.subscribe();
    const load = stage.load(2, 5);
    await pause(1_000);
    const ballast = join(folder, 'ballast');
    fill(ballast);
    await pause(4_000);
    rmSync(ballast);
    // PostgreSQL may have given up: whoever runs it starts it again
    await stage.crashPostgres().catch(() => undefined);
    await stage.startPostgres();
    const before = stage.ledger.accepted.size;
    while (stage.ledger.accepted.size < before + 10) await pause(50);
    await load.stop();
    await stage.complete();
    const { lost, ambiguous } = stage.ledger.account();
    expect({ lost, ambiguous }).toEqual({ lost: [], ambiguous: [] });
  });

  it('when the clock of the gateway jumps by a day, there and back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forgegate-clock-'));
    const file = join(folder, 'offset');
    writeFileSync(file, '0');
    writeFileSync(join(folder, 'clock.mjs'), CLOCK);
    stage = await FaultStage.open({
      CLOCK_FILE: file,
      NODE_OPTIONS: `--import ${join(folder, 'clock.mjs')}`,
    });
    await stage.startGateway();
    await stage.subscribe();
    const { ledger } = stage;
    // Many first attempts fail, so that times of later ones are at stake; not all, which would open the breaker
    let count = 0;
    ledger.answers((_request, response, isRepeated) =>
      response.writeHead(isRepeated || ++count % 2 === 0 ? 204 : 500).end(),
    );
    const load = stage.load(2, 50);
    for (const offset of [86_400_000, 0, -86_400_000, 0]) {
      const before = ledger.accepted.size;
      while (ledger.accepted.size < before + 5) await pause(50);
      writeFileSync(file, String(offset));
    }
    await load.stop();
    await stage.complete();
    rmSync(folder, { recursive: true, force: true });
    const { accepted, lost, ambiguous, duplicates } = ledger.account();
    expect(accepted).toBeGreaterThanOrEqual(20);
    expect({ lost, ambiguous, duplicates }).toEqual({ lost: [], ambiguous: [], duplicates: 0 });
  });
});
