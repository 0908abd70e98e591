"""Mercurial's part of a push; loaded by file name, in process."""

testedwith = b'6.1 6.3'
