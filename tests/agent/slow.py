"""Makes a process slow to speak: each message that it sends, to the kernel or by the network, waits first.

It runs by itself, where it sees the machine's processes and may trace them: `python3 -c <this text> PROCESS SECONDS`.
It has real time, or a busy machine would make the process slower than that. It writes "running", and goes on until
standard input ends; the process is then as it was.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time

# linux/ptrace.h; x86-64 alone, as the images.
SYSCALL, GETREGS, SEIZE, INTERRUPT = 24, 12, 0x4206, 0x4207
MARKED = 1  # PTRACE_O_TRACESYSGOOD: a stop at a system call is told from a signal
SENDMSG, ORIG_RAX, REGISTERS = 46, 15, 27
STOPPED_AT_CALL = 5 | 0x80
WALL = 0x40000000

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long


def _trace(request: int, process: int, data: object = None) -> None:
    if LIBC.ptrace(request, process, None, data) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def slow_down(process: int, seconds: float) -> None:
    """Trace it for as long as it lives."""
    _trace(SEIZE, process, MARKED)
    _trace(INTERRUPT, process)
    registers = (ctypes.c_ulonglong * REGISTERS)()
    entering = True
    while True:
        _, status = os.waitpid(process, WALL)
        if not os.WIFSTOPPED(status):
            return
        signal, event = os.WSTOPSIG(status), status >> 16
        if signal == STOPPED_AT_CALL:
            _trace(GETREGS, process, registers)
            if entering and registers[ORIG_RAX] == SENDMSG:
                time.sleep(seconds)
            entering = not entering
        _trace(SYSCALL, process, 0 if event or signal == STOPPED_AT_CALL else signal)


def _end() -> None:
    sys.stdin.read()
    sys.stdout.write("{}\n")
    sys.stdout.flush()
    os._exit(0)  # the kernel lets go of whom it traced


if __name__ == "__main__":
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    threading.Thread(target=_end, daemon=True).start()
    sys.stdout.write("running\n")
    sys.stdout.flush()
    slow_down(int(sys.argv[1]), float(sys.argv[2]))
