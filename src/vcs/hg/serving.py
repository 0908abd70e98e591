"""Serves one HTTP request of a Mercurial client with Mercurial's own web application; a command of the command server.

The request is the argument, its body is read from the channel for input. On the channel for output go one line of JSON
with status and headers, then the body of the answer.
"""

import json

from mercurial import bundle2, error, pycompat, registrar, wireprotov1server
from mercurial.hgweb import hgweb_mod

testedwith = b'6.1 6.3'

cmdtable = {}
command = registrar.command(cmdtable)

PIECE = 128 * 1024

# With it a client would let us fetch an address of his choice
bundle2.capabilities.pop(b'remote-changegroup', None)
bundle2.parthandlermapping.pop(b'remote-changegroup', None)


@command(b'forgegate-serve', [], b'REQUEST')
def serve(ui, repo, request):
    given = json.loads(pycompat.fsdecode(request))
    out, body = ui.fout, Body(ui.fin)
    # Whatever is said meanwhile must not get between the pieces of the answer
    for each in (ui, repo.ui, repo.baseui):
        each.fout = each.ferr = ui.ferr
        each.setconfig(b'web', b'allow-push', b'*' if given['push'] else b'', b'forgegate')
        each.setconfig(b'web', b'push_ssl', b'no', b'forgegate')
        each.setconfig(b'web', b'encoding', b'utf-8', b'forgegate')
    environ = dict(given['environ'])
    environ['wsgi.version'] = (1, 0)
    environ['wsgi.url_scheme'] = given['scheme']
    environ['wsgi.input'] = body
    environ['wsgi.errors'] = ui.ferr
    environ['wsgi.multithread'] = environ['wsgi.multiprocess'] = environ['wsgi.run_once'] = False

    answer = Answer(out)
    # The web application would take any other name for one of its pages
    if pycompat.sysbytes(given['command']) not in wireprotov1server.commands:
        return answer.refuse('400 unknown command', 'text/plain')
    try:
        for piece in hgweb_mod.hgweb(repo, name=b'repository')(environ, answer.respond):
            answer.write(piece)
        answer.begin()
    except (error.LookupError, error.RepoLookupError) as asked:
        if answer.begun:
            raise
        answer.refuse('200 Script output follows', 'application/hg-error', b'%s\n' % bytes(asked))
    except error.WdirUnsupported:
        # The id of no changeset, but of whatever lies in a work tree
        if answer.begun:
            raise
        answer.refuse('200 Script output follows', 'application/hg-error', b'unknown revision\n')
    except (AssertionError, IndexError, KeyError, TypeError, ValueError, error.ProgrammingError):
        if answer.begun:
            raise
        answer.refuse('400 arguments that no client sends', 'text/plain')
    return 0


class Answer:
    """Its head goes out with the first piece of the body, so that a request that fails before can be told so."""

    def __init__(self, out):
        self.out = out
        self.head = None
        self.begun = False

    def respond(self, status, headers, exc_info=None):
        self.head = {'status': status, 'headers': [[name, value] for name, value in headers]}
        return self.write

    def begin(self):
        if not self.begun:
            self.begun = True
            self.out.write(pycompat.sysbytes(json.dumps(self.head)) + b'\n')

    def write(self, piece):
        self.begin()
        self.out.write(piece)

    def refuse(self, status, kind, text=b''):
        self.respond(status, [('Content-Type', kind)])
        self.write(text)
        return 0


class Body:
    """The body of the request, read in large pieces, however small those are that somebody wants."""

    def __init__(self, channel):
        self.channel = channel
        self.kept = b''

    def read(self, size=-1):
        if size < 0:
            raise error.ProgrammingError(b'a body is not read as a whole')
        if not self.kept:
            self.kept = self.channel.read(PIECE)
        piece, self.kept = self.kept[:size], self.kept[size:]
        return piece

    def close(self):
        pass
