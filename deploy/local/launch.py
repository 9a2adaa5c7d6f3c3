"""The first thing that every child runs: tie its life to the supervisor's, then become the part.

Run as a file in an isolated interpreter (so it starts in about 20 ms) with the arguments
``PARENT SIGNAL UID:GID|- COMMAND...``. A process of its own, where ``preexec_fn`` would run
Python between fork and exec of a process with threads, which may deadlock.

The kernel sends SIGNAL when the supervising *thread* ends, so that nothing is left behind even
when the supervisor is killed (``prctl(2)``, PR_SET_PDEATHSIG; Linux only). A change of user
clears that wish: it comes after.
"""

import os
import signal
import sys

# Before the account changes: the new one may not be able to read the interpreter's folders.
try:
    import ctypes
except ImportError:  # a Python that was built without libffi: its parts outlive a killed stack
    ctypes = None  # type: ignore[assignment]

PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, account: str, command: list[str]) -> None:
    """Replace this process with the command."""
    # Ignored signals stay ignored across exec: a stack started with `&` ignores SIGINT.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if account != "-":
        uid, gid = (int(number) for number in account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux" and ctypes:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit("The supervisor is gone already.")
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
    except OSError as error:
        print(f"Cannot run {sys.argv[4]}: {error}", file=sys.stderr)
        sys.exit(127)
