import { describe, expect, it, vi } from 'vitest';
import { runningProcesses } from '../../test/harness/processes.js';
import { baseEnvironment, MACHINE_PATH } from './process-environment.js';
import { run } from './process.js';

const env = baseEnvironment(MACHINE_PATH);
const node = (code: string, options: Omit<Parameters<typeof run>[2], 'env'> = {}) =>
  run(process.execPath, ['-e', code], { env, ...options });
const isAlive = (pid: number) => runningProcesses().some((running) => running.pid === pid);

describe('a child process', () => {
  it('answers with its output and exit code', async () => {
    const code =
      'process.stdin.on("data", (d) => { process.stdout.write("in:" + d); console.error("e"); process.exitCode = 3 })';
    const { stdout, stderr, code: exit } = await node(code, { input: 'text' });
    expect([stdout.toString(), stderr, exit]).toEqual(['in:text', 'e\n', 3]);
  });

  it('sees nothing of our environment', async () => {
    vi.stubEnv('FORGEGATE_MASTER_KEY', 'secret');
    const { stdout } = await node('console.log(JSON.stringify(process.env))');
    vi.unstubAllEnvs();
    expect(Object.keys(JSON.parse(stdout.toString()) as object).sort()).toEqual(Object.keys(env).sort());
  });

  it('is killed on abort with the children that it started, even if it does not listen', async () => {
    const stop = new AbortController();
    let output = '';
    const child = `process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000);`;
    const parent = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" }); ${child}`;
    const work = node(parent, { signal: stop.signal, onOutput: (chunk) => (output += chunk.toString()) });
    const pids = () => output.split('\n').filter(Boolean).map(Number);
    await vi.waitFor(() => expect(pids()).toHaveLength(2), { timeout: 10_000 });
    expect(pids().map(isAlive)).toEqual([true, true]);
    stop.abort();
    await expect(work).rejects.toMatchObject({ code: 'ABORTED' });
    await vi.waitFor(() => expect(pids().map(isAlive)).toEqual([false, false]));
  });

  it('is not started for a signal that is aborted already', async () => {
    await expect(run('/no/such/program', [], { env, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('is ended when it prints too much', async () => {
    const work = node('setInterval(() => process.stdout.write("x".repeat(10000)), 1)', {
      maxOutputBytes: 50_000,
    });
    await expect(work).rejects.toMatchObject({ code: 'FAILED' });
  });

  it('that does not exist is an error', async () => {
    await expect(run('/no/such/program', [], { env })).rejects.toMatchObject({ code: 'NOT_INSTALLED' });
  });
});
