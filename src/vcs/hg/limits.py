"""Bounds what one transfer brings, after decompression: that may be a thousand times what is sent.

For a process that does one transfer in its life; `forgegate.largest` says how many bytes.
"""

from mercurial import error, registrar, util

testedwith = b'6.1 6.3'

configtable = {}
registrar.configitem(configtable)(b'forgegate', b'largest', default=0)


def uisetup(ui):
    largest = ui.configint(b'forgegate', b'largest')

    def limited(open_stream):
        return lambda compressed: Inflated(open_stream(compressed), largest)

    for name in util.compengines:
        engine = util.compengines[name]
        engine.decompressorreader = limited(engine.decompressorreader)


class Inflated:
    """What comes out of a decompressor, up to a limit."""

    def __init__(self, stream, largest):
        self.stream = stream
        self.largest = self.left = largest

    def read(self, size):
        piece = self.stream.read(size)
        self.left -= len(piece)
        if self.left < 0:
            raise error.Abort(b'a transfer may have %d bytes at most' % self.largest)
        return piece

    def close(self):
        close = getattr(self.stream, 'close', None)
        if close is not None:
            close()
