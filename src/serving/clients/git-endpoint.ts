import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Fetches } from '../../families/repos/fetches.service.js';
import { Pushes } from '../../families/repos/pushes.service.js';
import { RepoLocks } from '../../families/repos/repo-locks.js';
import type { RepoRecord } from '../../families/repos/repo-record.js';
import type { Caller } from '../../rpc/call.js';
import { RpcFault } from '../../rpc/errors.js';
import { complaintOf } from '../../vcs/git/git-complaints.js';
import { GitServer, type GitProcess, type GitService } from '../../vcs/git/git-server.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import type { Receiving } from '../../vcs/receiving.js';
import { VersionControl } from '../../vcs/vcs.js';
import type { Admitted } from './client-gate.js';
import { ClientRefusal } from './client-refusal.js';
import type { ClientRequest } from './client-request.js';
import { errorLine, fatalBand, PackWatch, serviceHeader } from './git-messages.js';
import type { Transfer } from './transfer.js';

type GitRequest = Extract<ClientRequest, { kind: 'git' }>;

/** What a push sends beside its pack: the commands, one a ref. */
const COMMANDS_BYTES = 16 * 1024 * 1024;

/** Lets git clients talk with git's own programs. */
@Injectable()
export class GitEndpoint {
  private readonly log = new Logger('GitEndpoint');

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly git: GitServer,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
    private readonly locks: RepoLocks,
    private readonly pushes: Pushes,
    private readonly fetches: Fetches,
  ) {}

  /** @returns whether it went well @throws ClientRefusal */
  serve(asked: GitRequest, transfer: Transfer, caller: Caller, admitted: Admitted): Promise<boolean> {
    const { service, advertise } = asked;
    const kind = advertise ? 'advertisement' : 'result';
    transfer.response.setHeader('content-type', `application/x-git-${service}-${kind}`);
    transfer.response.setHeader('cache-control', 'no-cache, max-age=0, must-revalidate');
    if (advertise) return this.advertise(asked, transfer, caller, admitted);
    return service === 'upload-pack'
      ? this.fetch(transfer, caller, admitted)
      : this.push(transfer, caller, admitted);
  }

  private async advertise(
    { service }: GitRequest,
    transfer: Transfer,
    caller: Caller,
    { repo }: Admitted,
  ): Promise<boolean> {
    const version = versionOf(transfer.request);
    const header = service === 'upload-pack' && version === '2' ? '' : serviceHeader(service);
    if (service === 'receive-pack') {
      const refusal = await refusalOf(this.locks.checkPush(caller, repo));
      if (refusal !== null) {
        transfer.answer(200, {}, header + errorLine(refusal));
        return false;
      }
    }
    const path = this.root.directory(repo.repo_name);
    const program = await this.git.start({ service, path, advertise: true, version });
    program.input.end();
    // Not before git has something to say: what it fails with is told by the status
    const look = () => void (transfer.response.headersSent || transfer.response.write(header));
    return this.finish(transfer, program, { service, repo, look });
  }

  private async fetch(transfer: Transfer, caller: Caller, { repo }: Admitted): Promise<boolean> {
    const body = bodyOf(transfer.request, 'upload-pack');
    const path = this.root.directory(repo.repo_name);
    const version = versionOf(transfer.request);
    const program = await this.git.start({ service: 'upload-pack', path, advertise: false, version });
    const input = this.feed(transfer, body, program, this.settings.maxBodyBytes);
    const watch = new PackWatch();
    const look = (chunk: Buffer) => watch.push(chunk);
    const isServed = await this.finish(transfer, program, { service: 'upload-pack', repo, input, look });
    if (isServed && watch.isPack) await this.fetches.happened(caller, repo);
    return isServed;
  }

  private async push(transfer: Transfer, caller: Caller, { repo, principal }: Admitted): Promise<boolean> {
    const body = bodyOf(transfer.request, 'receive-pack');
    const begun = await begin(this.pushes.begin(caller, repo));
    if (typeof begun === 'string') {
      transfer.answer(200, {}, fatalBand(begun));
      return false;
    }
    const path = this.root.directory(repo.repo_name);
    const push = { receiving: begun, username: principal.username };
    const program = await this.git
      .start({ service: 'receive-pack', path, advertise: false, push })
      .catch(async (error: unknown) => {
        await begun.finished();
        throw error;
      });
    const input = this.feed(transfer, body, program, this.settings.maxPushBytes + COMMANDS_BYTES);
    // What has arrived as a whole is stored, also for a client that has left
    void input.then((problem) => problem ?? transfer.finishAlone());
    const receiving = {
      finished: async () => {
        try {
          await this.vcs.backend('git').mendHead(path);
        } finally {
          await begun.finished();
        }
      },
    };
    return this.finish(transfer, program, { service: 'receive-pack', repo, input, receiving });
  }

  /** @returns why it was not given everything; null when it was */
  private async feed(
    transfer: Transfer,
    body: Readable,
    program: GitProcess,
    maxBytes: number,
  ): Promise<ClientRefusal | Error | null> {
    try {
      await transfer.receive(body, program.input, maxBytes);
      program.input.end();
      return null;
    } catch (error) {
      if (body !== transfer.request && body.errored !== null) {
        program.stop();
        return new ClientRefusal(400, 'the body is not the gzip that its content encoding promises');
      }
      // Half a request looks like a whole one to git, and git that ended by itself has something to say
      if (error instanceof ClientRefusal || !transfer.request.complete) program.stop();
      return error as Error;
    }
  }

  private async finish(
    transfer: Transfer,
    program: GitProcess,
    more: {
      service: GitService;
      repo: RepoRecord;
      input?: Promise<ClientRefusal | Error | null>;
      receiving?: Pick<Receiving, 'finished'>;
      look?: (chunk: Buffer) => void;
    },
  ): Promise<boolean> {
    const stop = () => program.stop();
    if (transfer.signal.aborted) stop();
    transfer.signal.addEventListener('abort', stop, { once: true });
    await transfer.send(program.output, more.look).catch(() => program.output.resume());
    const { code, diagnostics } = await program.ended;
    transfer.signal.removeEventListener('abort', stop);
    // What takes time from here on is no fault of the client
    transfer.close();
    await more.receiving?.finished();
    if (transfer.ending !== null) throw new Error(`it was ended: ${transfer.ending}`);
    const problem = transfer.response.headersSent ? null : await more.input;
    if (problem instanceof ClientRefusal) throw problem;
    if (code === 0) {
      transfer.finish();
      return true;
    }
    const complaint = complaintOf(diagnostics);
    const { headersSent } = transfer.response;
    if (complaint === null) {
      const what = `git ended with ${code}: ${diagnostics}`;
      if (!headersSent) throw new Error(what);
      this.log.warn(`serving \`${more.repo.repo_name}\`: ${what}`);
      transfer.finish();
    } else if (!headersSent) transfer.answer(200, {}, complained(more.service, complaint));
    else transfer.finish(more.service === 'upload-pack' ? errorLine(complaint) : '');
    return false;
  }
}

/** git has said it on its own side only. */
const complained = (service: GitService, complaint: string) =>
  service === 'upload-pack' ? errorLine(complaint) : fatalBand(complaint);

/** @returns the message for the client; null when there is nothing against it */
async function refusalOf(check: Promise<void>): Promise<string | null> {
  const refused = await begin(check);
  return typeof refused === 'string' ? refused : null;
}

async function begin<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RpcFault) return error.message;
    throw error;
  }
}

/** Cross-site forms cannot send this content type. */
function bodyOf(request: IncomingMessage, service: 'upload-pack' | 'receive-pack'): Readable {
  const wanted = `application/x-git-${service}-request`;
  if (request.headers['content-type'] !== wanted)
    throw new ClientRefusal(415, `the content type must be ${wanted}`);
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new ClientRefusal(415, 'the content encoding must be gzip, or none');
  const decoder = createGunzip();
  // It may break before anybody reads it, which `feed` then finds
  decoder.on('error', () => undefined);
  request.once('close', () => {
    if (!request.complete) decoder.destroy();
  });
  return request.pipe(decoder);
}

function versionOf({ headers }: IncomingMessage): '1' | '2' | undefined {
  const given = headers['git-protocol'];
  const [, version] = /(?:^|:)version=([12])(?:$|:)/.exec(typeof given === 'string' ? given : '') ?? [];
  return version as '1' | '2' | undefined;
}
