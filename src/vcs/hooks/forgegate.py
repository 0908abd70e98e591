"""Mercurial's part of a push: tells the gateway, on the file descriptor that it gave to this process, what a
transaction is about to change. Without its answer nothing changes. Runs in process, so that nothing has to be started.
"""

import os

from mercurial import encoding, error, node, tags

testedwith = b'6.1 6.3'

CHANNEL = 3
STOPPED = b'the server has stopped, nothing was changed'


def reposetup(ui, repo):
    if not repo.local():
        return

    class recovering(repo.__class__):
        def transaction(self, *args, **kwargs):
            # We hold the lock, so whoever left this journal is dead, and nobody else will undo what he had begun
            if self.currenttransaction() is None and self.svfs.exists(b'journal'):
                self.recover()
            return super().transaction(*args, **kwargs)

    repo.__class__ = recovering
    # Above whatever the configuration says, and for this repository only
    repo.ui.setconfig(b'hooks', b'pretxnopen.forgegate', opening, b'forgegate')
    repo.ui.setconfig(b'hooks', b'pretxnclose.forgegate', closing, b'forgegate')


def opening(ui, repo, **kwargs):
    ask(b'opening\n\n')
    repo.unfiltered()._forgegate_before = refs(repo)


def closing(ui, repo, **kwargs):
    before = repo.unfiltered().__dict__.pop('_forgegate_before', None)
    transaction = repo.currenttransaction()
    if before is None or transaction is None:
        raise error.Abort(b'a transaction that nobody announced')
    lines = changes(repo, transaction, before)
    if not lines:
        return
    transaction.writepending()
    ask(b'received %s\n%s\n' % (repo.root, lines))
    ask(b'changing\n%s\n' % lines)


def changes(repo, transaction, before):
    """Lines `<old> <new> <ref>`, written as git would."""
    lines = []
    log, added = repo.unfiltered().changelog, transaction.changes[b'origrepolen']
    if len(log) > added:
        lines.append((log.node(added), log.node(len(log) - 1), b'changesets'))
    after = refs(repo)
    for name in sorted(set(before) | set(after)):
        old, new = before.get(name, node.nullid), after.get(name, node.nullid)
        if old != new:
            lines.append((old, new, name))
    return b''.join(b'%s %s %s\n' % (node.hex(old), node.hex(new), name) for old, new, name in lines)


def refs(repo):
    """Nodes by name: tips of open named branches, bookmarks, tags that are in the history."""
    found = {}
    seen = repo.filtered(b'visible')
    for name, _heads, tip, isclosed in seen.branchmap().iterbranches():
        if not isclosed:
            found[b'refs/heads/' + encoding.fromlocal(name)] = tip
    for name, target in seen._bookmarks.items():
        found[b'refs/bookmarks/' + encoding.fromlocal(name)] = target
    has = seen.changelog.hasnode
    for name, (target, _history) in tags.findglobaltags(repo.ui, seen).items():
        if target != node.nullid and has(target):
            found[b'refs/tags/' + encoding.fromlocal(name)] = target
    return found


def ask(question):
    reason = exchange(question)
    if reason != b'ok':
        raise error.Abort(reason)


def exchange(question):
    answer = b''
    try:
        while question:
            question = question[os.write(CHANNEL, question) :]
        while not answer.endswith(b'\n'):
            part = os.read(CHANNEL, 4096)
            if not part:
                return STOPPED
            answer += part
    except OSError:
        return STOPPED
    return answer[:-1]
