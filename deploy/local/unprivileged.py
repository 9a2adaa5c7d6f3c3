"""Running PostgreSQL when we are root: it refuses to be root itself.

It then runs as the owner of its data folder, at first ``nobody``. Where that account cannot get
to the data or the programs (a checkout under ``/root``, a folder made by ``mktemp -d``), it gets
one capability more, the right to pass folders that are closed to it, through ``setpriv(1)``.
Nobody's folders change their mode, and no account is made.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from deploy.local.errors import LocalStackError

LAUNCHER = Path(__file__).with_name("launch.py")
#: The least first; the second also covers programs installed under a umask of 077.
CAPABILITIES = ("dac_read_search", "dac_override")


@dataclass(frozen=True)
class Account:
    """As whom, and with which extra capability, a program runs. Empty: as ourselves."""

    uid: int | None = None
    gid: int | None = None
    capability: str = ""

    def own(self, path: Path) -> None:
        """Give ``path`` to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


OURSELVES = Account()


def launch_command(
    command: tuple[str, ...], *, account: Account = OURSELVES, death_signal: Signals
) -> list[str]:
    """``command`` such that it runs as ``account`` and gets ``death_signal`` when the thread that
    started it ends. It must be started by this process itself."""
    user = "-"
    if account.capability:
        command = (*_setpriv(account, death_signal), *command)
    elif account.uid is not None:
        user = f"{account.uid}:{account.gid}"
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER)]
    return [*launcher, str(os.getpid()), str(int(death_signal)), user, *command]


def choose_account(*, data: Path, program: Path) -> Account:
    """As whom ``program`` can run with its data in ``data``, a folder in an existing one.

    :raises LocalStackError: when we are root and no other account can.
    """
    if os.geteuid() != 0:
        _check_ourselves(data)
        return OURSELVES
    uid, gid = _owner(data)
    plain = Account(uid, gid)
    for account in (plain, *(Account(uid, gid, name) for name in CAPABILITIES)):
        if _reaches(account, data.parent, program):
            return account
    raise LocalStackError(_explain(plain, data.parent, program))


def _setpriv(account: Account, death_signal: Signals) -> tuple[str, ...]:
    return (
        "setpriv",
        f"--reuid={account.uid}",
        f"--regid={account.gid}",
        "--clear-groups",
        "--securebits=+no_setuid_fixup",
        f"--inh-caps=+{account.capability}",
        f"--ambient-caps=+{account.capability}",
        f"--pdeathsig={death_signal.name}",
        "--",
    )


def _owner(data: Path) -> tuple[int, int]:
    if data.exists() and (status := data.stat()).st_uid != 0:
        return status.st_uid, status.st_gid
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise LocalStackError(
            "PostgreSQL does not run as root, and this system has no account `nobody` for it. "
            "Make one, or run as an ordinary user."
        ) from None
    return nobody.pw_uid, nobody.pw_gid


def _check_ourselves(data: Path) -> None:
    uid = os.geteuid()
    if data.exists():
        if data.stat().st_uid != uid:
            raise LocalStackError(
                f"{data} belongs to another account, because the stack was first started by root "
                "or by someone else. Start it as that account, or set VALUEMILL_VAR to another "
                "folder."
            )
        return
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise LocalStackError(
            f"This account has a number ({uid}) but no name, and PostgreSQL makes no database for "
            "such. Add a line for it to /etc/passwd, or run as an account that has one."
        ) from None


def _reaches(account: Account, folder: Path, program: Path) -> bool:
    """Try it: rights come from modes, lists, name spaces and capabilities alike."""
    trial = ("/bin/sh", "-c", 'cd -- "$0" && exec "$1" --version', str(folder), str(program))
    command = launch_command(trial, account=account, death_signal=Signals.SIGKILL)
    return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0


def _explain(account: Account, folder: Path, program: Path) -> str:
    if _reaches(account, Path("/"), program):
        closed, mend = str(folder), "set VALUEMILL_VAR to"
    else:
        closed, mend = str(program), "install the project in, or set VALUEMILL_EMBEDDED to,"
    return (
        "PostgreSQL does not run as root, and no other account that it could run as "
        f"(uid {account.uid}) can get to {closed}. Mend it in one of these ways: run as an "
        f"ordinary user; {mend} a folder that every account may enter (for the data, for "
        "example, VALUEMILL_VAR=/srv/valuemill); or, in a container, allow the capabilities "
        "SETUID, SETGID, CHOWN and DAC_READ_SEARCH."
    )
