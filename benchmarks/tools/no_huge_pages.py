#!/usr/bin/python3
"""Runs a command whose memory never lies in huge pages.

usage: no_huge_pages.py COMMAND [ARGUMENT...]

PR_SET_THP_DISABLE (prctl(2)) outlives exec and overrules madvise(2), so any
program can be measured without huge pages as it is.
"""
import ctypes
import os
import sys

PR_SET_THP_DISABLE = 41

if len(sys.argv) < 2:
    sys.exit("usage: no_huge_pages.py COMMAND [ARGUMENT...]")
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0:
    sys.exit(f"error: prctl: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[1], sys.argv[1:])
